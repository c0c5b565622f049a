/** A page behind the address. */
export interface View {
  readonly title: string;
  /** Fills `main`, which is empty, by what the URL says. */
  show(main: HTMLElement, settings: URLSearchParams): void | Promise<void>;
}
