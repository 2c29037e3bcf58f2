// Tested in bounds.int.test.ts: the test checks a service.

import { GraphQLError, type GraphQLResolveInfo } from 'graphql'
import { surplusTypenames } from './surplus-typenames.ts'
import { turns } from './turns.ts'

/** The limits of one operation. */
export type OperationLimits = {
  /** Milliseconds from the arrival of its request. */
  readonly timeMs: number
  /** Bytes of the result. */
  readonly maxBytes: number
  /** Fields and list items of the result; an object that occurs twice counts twice. */
  readonly maxFields: number
}

/** The reason why an operation stopped early: the error to return; null if the caller has disconnected. */
export type Stop = { readonly error: GraphQLError | null }

/** Thrown inside an operation that has stopped; no caller sees it. */
export class Stopped extends Error {}

/**
 * Operations up to this size, including the pages that they ask for, take no turns: their loader batches are
 * never split.
 */
const LIGHT_FIELDS = 5_000
/** An error uses about as much memory as this many fields. */
const FIELDS_PER_ERROR = 20
/** A row results in at least two fields: the one that holds its object, and one of its own. */
const FIELDS_PER_ROW = 2
/** Resolving an item of a page costs this many times less than completing it. */
const EXPECTED_PER_ITEM = 20
/** Quotes, colon and comma of a field. */
const PUNCTUATION_BYTES = 4
const MEGABYTE = 1024 * 1024

function stopped(message: string, code: 'BAD_USER_INPUT' | 'SUBGRAPH_UNAVAILABLE'): Stop {
  return { error: new GraphQLError(message, { extensions: { code } }) }
}

/**
 * A running GraphQL operation: the size of its result so far, and whether it continues. graphql-js 16 cannot
 * abort an execution. A stopped operation halts instead: its fields resolve to a promise that never settles,
 * which is garbage-collected with everything attached to it.
 */
export class Operation {
  /** Fields resolved, weighted by their contents. */
  fields = 0
  /** A lower bound of the result's size in bytes. */
  bytes = 0
  /** Settles when the operation is stopped. */
  readonly ended: Promise<Stop>
  readonly #limits: OperationLimits
  readonly #end: (stop: Stop) => void
  readonly #timer: NodeJS.Timeout
  #onStop: Set<() => void> | null = null
  #stop: Stop | null = null
  #isHalted = false
  #isShielded = false
  #isHeavy = false
  #surplus = -1
  #rows = 0
  #expected = 0

  constructor(limits: OperationLimits) {
    const { promise, resolve } = Promise.withResolvers<Stop>()
    this.#limits = limits
    this.ended = promise
    this.#end = resolve
    this.#timer = setTimeout(() => {
      this.stop(stopped(`The operation took longer than ${limits.timeMs} ms.`, 'SUBGRAPH_UNAVAILABLE'))
    }, limits.timeMs)
  }

  /** Whether no more fields, batches or statements may start. */
  get isHalted(): boolean {
    return this.#isHalted
  }

  /**
   * A promise that never settles; a new one each time, since a shared one would keep every reaction to it.
   */
  get never(): Promise<never> {
    return new Promise(() => {})
  }

  /** Stops the operation, at once or when the current mutation field is complete. The first reason counts. */
  stop(reason: Stop): void {
    if (this.#stop) return
    this.#stop = reason
    if (!this.#isShielded) this.#halt(reason)
  }

  /** Stops the operation because the caller has disconnected. */
  abandon(): void {
    this.stop({ error: null })
  }

  refuseSize(): void {
    const { maxBytes, maxFields } = this.#limits
    const most = `${Math.floor(maxBytes / MEGABYTE)} MB and ${maxFields} fields`
    this.stop(stopped(`The answer is larger than ${most}: ask for fewer items or fields.`, 'BAD_USER_INPUT'))
  }

  /**
   * Runs a mutation field to its end even if the operation stops: a change is made completely or not started.
   */
  async shield<T>(work: () => T | PromiseLike<T>): Promise<T> {
    this.#isShielded = true
    try {
      return await work()
    } finally {
      this.#isShielded = false
      if (this.#stop) this.#halt(this.#stop)
    }
  }

  /** Counts a field before it is resolved; false: it must not be resolved. */
  enter(info: GraphQLResolveInfo): boolean {
    if (this.#isHalted) return false
    const { key } = info.path
    this.bytes += PUNCTUATION_BYTES + (typeof key === 'string' ? key.length : 0)
    if (this.#surplus < 0) this.#surplus = surplusTypenames(info)
    return this.#grow(1 + this.#surplus)
  }

  /** Counts the text of a field. */
  addText(length: number): void {
    this.bytes += length
  }

  /** Counts rows that were read, before they are part of the result. */
  addRows(count: number): void {
    this.#rows += count
    if (this.#rows * FIELDS_PER_ROW > this.#limits.maxFields) this.refuseSize()
  }

  addError(): void {
    if (!this.#isHalted) this.#grow(FIELDS_PER_ERROR)
  }

  /** Counts the items of a list; returns the list, or a promise of it if it has to wait for its turn. */
  list<T>(items: readonly T[]): readonly T[] | Promise<readonly T[]> {
    if (this.#isHalted || !this.#grow(items.length)) return this.never
    if (!this.#isHeavy || items.length === 0) return items
    return turns.wait(this, items.length).then(() => items)
  }

  /**
   * The turn in which a resolver may start; null: at once.
   * @param expected the number of items that it may return.
   */
  turn(expected: number): Promise<void> | null {
    this.#expected += expected
    this.#weigh()
    return this.#isHeavy ? turns.wait(this, 1 + expected / EXPECTED_PER_ITEM) : null
  }

  /** Calls the listener at most once, when the operation halts; never after `finish`. */
  onStop(listener: () => void): () => void {
    this.#onStop ??= new Set()
    this.#onStop.add(listener)
    return () => this.#onStop?.delete(listener)
  }

  /** Call when the operation is answered or given up. */
  finish(): void {
    clearTimeout(this.#timer)
    if (this.#isHeavy) turns.leave(this)
    this.#onStop = null
  }

  #grow(fields: number): boolean {
    this.fields += fields
    if (this.fields > this.#limits.maxFields || this.bytes > this.#limits.maxBytes) {
      this.refuseSize()
      return false
    }
    this.#weigh()
    return true
  }

  #weigh(): void {
    if (this.#isHeavy || this.fields + this.#expected <= LIGHT_FIELDS) return
    this.#isHeavy = true
    turns.enter(this)
  }

  #halt(reason: Stop): void {
    this.#isHalted = true
    for (const listener of this.#onStop ?? []) listener()
    this.finish()
    this.#end(reason)
  }
}
