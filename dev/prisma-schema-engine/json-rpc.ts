import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { z } from 'zod'

/** The callable methods by name; each gets the request's parameters. */
export type Methods = { [name: string]: (params: unknown) => Promise<unknown> }

const requestSchema = z.object({ id: z.number(), method: z.string(), params: z.unknown().optional() })
type RpcRequest = z.infer<typeof requestSchema>

// The Rust engine's response to every failure; the client reads `data`.
const FAILURE = { code: 4466, message: 'An error happened. Check the data field for details.' }
const METHOD_NOT_FOUND = -32601

/** Answers JSON-RPC 2.0 requests, one per line and in order, until the input ends. */
export async function answerRequests(methods: Methods, input: Readable, output: Writable): Promise<void> {
  const send = (message: object) => output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    // A line that is not a request is the response to `print`, which is ignored.
    const request = requestSchema.safeParse(JSON.parse(line))
    if (request.success) await answer(methods, request.data, send)
  }
}

async function answer(methods: Methods, { id, method, params }: RpcRequest, send: (message: object) => void) {
  const run = methods[method]
  if (!run) return send({ id, error: { code: METHOD_NOT_FOUND, message: `no method ${method}` } })
  try {
    const result = await run(params ?? {})
    const text = method === 'diff' ? printedBy(result) : undefined
    // The client prints the text of `print` requests, and expects them before the response that ends the
    // diff.
    if (text) send({ id: PRINT_IDS + id, method: 'print', params: { content: text } })
    send({ id, result: result ?? null })
  } catch (error) {
    send({ id, error: { ...FAILURE, data: describe(error) } })
  }
}

// Ids of requests from this side, distinct from the client's.
const PRINT_IDS = 1_000_000

function printedBy(result: unknown): string | undefined {
  return z.object({ stdout: z.string() }).safeParse(result).data?.stdout
}

const codedSchema = z.object({ code: z.string().optional(), meta: z.unknown().optional() })

function describe(error: unknown): object {
  if (!(error instanceof Error)) return { is_panic: false, message: String(error), meta: null }
  const { code, meta = null } = codedSchema.safeParse(error).data ?? {}
  return { is_panic: error.name === 'RuntimeError', message: error.message, error_code: code, meta }
}
