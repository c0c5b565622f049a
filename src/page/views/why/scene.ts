/** A picture with its words. It starts to ask when it comes into sight. */
export interface Scene {
  readonly title: string;
  readonly words: string;
  readonly parts: readonly HTMLElement[];
  readonly start: () => void;
}
