import type { Arithmetic } from "../task/arithmetic.ts";

/** What an expression can name: numbers of a class, and numbers that a whole example has. */
export interface Scope {
  readonly classes: number;
  /** The place of the label's class. */
  readonly label: number;
  readonly arithmetic: Arithmetic;
  /** A number by its name; of `ofClass` names that of class j. */
  value(name: string, j: number): number;
}

export interface Names {
  /** Names that have a number a class. */
  readonly ofClass: readonly string[];
  readonly ofExample: readonly string[];
}

/** An expression for an example: a function of the class, which numbers of the example alone do not depend on. */
export type Expression = (scope: Scope) => (j: number) => number;

/** What cannot be read, in words that follow a pointer. */
export class ExpressionError extends Error {}

type Call = (arithmetic: Arithmetic) => (a: number, b: number) => number;

const functions: Readonly<Record<string, { readonly count: 1 | 2; readonly call: Call }>> = {
  exp: { count: 1, call: ({ exp }) => exp },
  log: { count: 1, call: ({ log }) => log },
  log1p: { count: 1, call: ({ log1p }) => log1p },
  sigmoid: { count: 1, call: ({ sigmoid }) => sigmoid },
  softplus: { count: 1, call: ({ softplus }) => softplus },
  sqrt: { count: 1, call: () => Math.sqrt },
  abs: { count: 1, call: () => Math.abs },
  /** 1 above 0, and 0 elsewhere. */
  step: { count: 1, call: () => (x) => (x > 0 ? 1 : 0) },
  max: { count: 2, call: () => Math.max },
  min: { count: 2, call: () => Math.min },
};

/** What an example has of its classes. */
const aggregates: Readonly<Record<string, (values: readonly number[], label: number) => number>> = {
  sum: (values) => values.reduce((total, value) => total + value, 0),
  mean: (values) => values.reduce((total, value) => total + value, 0) / values.length,
  largest: (values) => Math.max(...values),
  smallest: (values) => Math.min(...values),
  at_label: (values, label) => values[label] ?? Number.NaN,
};

const operators: Readonly<Record<string, Call>> = {
  "+": () => (a, b) => a + b,
  "-": () => (a, b) => a - b,
  "*": () => (a, b) => a * b,
  "/": () => (a, b) => a / b,
  "^": ({ pow }) => pow,
};

const tokenPattern = /\s*(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|[a-z_][a-z0-9_]*|[-+*/^(),])/iy;

/**
 * Reads sums, products, powers, functions and aggregates over names. Where `isOfExample`, names of a class stand inside of
 * an aggregate alone. Throws an ExpressionError.
 */
export function parseExpression(text: string, names: Names, isOfExample: boolean): Expression {
  const parser = new Parser(tokensOf(text), names);
  const expression = parser.sum(!isOfExample);
  parser.end();
  return expression;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(tokenPattern);
  let at = 0;
  while (text.slice(at).trim() !== "") {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found)
      throw new ExpressionError(`cannot be read from ${JSON.stringify(text.slice(at).trim().slice(0, 20))} on`);
    tokens.push(found[1]!);
    at = pattern.lastIndex;
  }
  return tokens;
}

class Parser {
  #at = 0;

  constructor(
    readonly tokens: readonly string[],
    readonly names: Names,
  ) {}

  sum(inClass: boolean): Expression {
    return this.#binary(["+", "-"], () => this.#binary(["*", "/"], () => this.#signed(inClass)));
  }

  end(): void {
    const rest = this.tokens[this.#at];
    if (rest !== undefined) throw new ExpressionError(`has ${JSON.stringify(rest)} where it should end`);
  }

  #binary(signs: readonly string[], operand: () => Expression): Expression {
    let left = operand();
    while (signs.includes(this.tokens[this.#at] ?? "")) {
      const sign = this.tokens[this.#at++]!;
      left = applied(operators[sign]!, left, operand());
    }
    return left;
  }

  #signed(inClass: boolean): Expression {
    if (!this.#takes("-")) return this.#power(inClass);
    return applied(operators["-"]!, () => () => 0, this.#signed(inClass));
  }

  #power(inClass: boolean): Expression {
    const base = this.#atom(inClass);
    return this.#takes("^") ? applied(operators["^"]!, base, this.#signed(inClass)) : base;
  }

  #atom(inClass: boolean): Expression {
    const token = this.tokens[this.#at++];
    if (token === "(") return this.#closed(this.sum(inClass));
    if (token === undefined) throw new ExpressionError("ends where a number should be");
    if (/^[\d.]/.test(token)) {
      const value = Number(token);
      return () => () => value;
    }
    if (!/^[a-z_]/i.test(token)) throw new ExpressionError(`has ${JSON.stringify(token)} where a number should be`);
    return this.#takes("(") ? this.#call(token, inClass) : this.#name(token, inClass);
  }

  #call(name: string, inClass: boolean): Expression {
    if (Object.hasOwn(aggregates, name)) return aggregated(aggregates[name]!, this.#closed(this.sum(true)));
    if (!Object.hasOwn(functions, name)) {
      const known = [...Object.keys(functions), ...Object.keys(aggregates)].join(", ");
      throw new ExpressionError(`calls ${name}, which is none of ${known}`);
    }
    const { count, call } = functions[name]!;
    const first = this.sum(inClass);
    if (count === 2 && !this.#takes(",")) throw new ExpressionError(`calls ${name} with one number: it takes two`);
    const second = count === 2 ? this.sum(inClass) : first;
    return this.#closed(applied(call, first, second));
  }

  #name(name: string, inClass: boolean): Expression {
    if (this.names.ofExample.includes(name)) {
      return (scope) => {
        const value = scope.value(name, 0);
        return () => value;
      };
    }
    if (!this.names.ofClass.includes(name)) {
      const known = [...this.names.ofClass, ...this.names.ofExample].join(", ");
      throw new ExpressionError(`names ${name}, which is none of ${known}`);
    }
    if (!inClass) {
      const inside = Object.keys(aggregates).map((one) => `${one}(…)`);
      throw new ExpressionError(`names ${name}, a number a class: it has to stand inside of ${inside.join(", ")}`);
    }
    return (scope) => (j) => scope.value(name, j);
  }

  #closed(expression: Expression): Expression {
    if (!this.#takes(")")) throw new ExpressionError('has no ")" where one should be');
    return expression;
  }

  #takes(token: string): boolean {
    if (this.tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }
}

function applied(call: Call, first: Expression, second: Expression): Expression {
  return (scope) => {
    const [of, a, b] = [call(scope.arithmetic), first(scope), second(scope)];
    return (j) => of(a(j), b(j));
  };
}

function aggregated(of: (values: readonly number[], label: number) => number, inner: Expression): Expression {
  return (scope) => {
    const value = inner(scope);
    const result = of(
      Array.from({ length: scope.classes }, (_, j) => value(j)),
      scope.label,
    );
    return () => result;
  };
}
