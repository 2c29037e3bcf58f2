import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FetchFailure } from './fetch-failure.ts'
import { responseParser } from './response-parser.ts'

const LIMIT = 1_000
const MAX_HEAD = 65_536

type Outcome = { status: number; headers: object; body: string; idleMs: number } | string

/** Parses these reads, after which the server closes the connection. All reads share one buffer. */
function outcomeOf(reads: readonly Buffer[], expected: Buffer | null = null): Outcome {
  const parser = responseParser()
  parser.begin(LIMIT, expected)
  const buffer = Buffer.alloc(200_000)
  try {
    for (const read of reads) {
      const parsed = parser.feed(buffer.subarray(0, read.copy(buffer)))
      // The next read overwrites what the parser has not kept.
      buffer.fill('?')
      if (parsed) return flat(parsed, expected)
    }
    return flat(parser.end(), expected)
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error
    return error.kind
  }
}

function flat(
  { answer, idleMs }: ReturnType<ReturnType<typeof responseParser>['end']>,
  expected: Buffer | null,
): Outcome {
  const { status, headers, body } = answer
  const told = body === expected ? EXPECTED : body.toString()
  return { status, headers: { ...headers }, body: told, idleMs }
}

const EXPECTED = '(what was expected)'

const ok = (lines: string, body = '') => `HTTP/1.1 200 OK\r\n${lines}\r\n${body}`
const chunked = (body: string) => ok('transfer-encoding: chunked\r\n', body)
const [status, idleMs] = [200, 4_000]

const READ: Readonly<Record<string, readonly [text: string, outcome: object]>> = {
  'a body by its length': [ok('Content-Length: 2\r\n', '{}'), { status, body: '{}', idleMs }],
  'no body by a length of 0': [ok('content-length: 0\r\n'), { body: '', idleMs }],
  'a body of several bytes to a character': [ok('content-length: 11\r\n', 'æ€😀x\n'), { body: 'æ€😀x\n' }],
  'a body that is compressed': [ok('content-length: 2\r\ncontent-encoding: br\r\n', '{}'), { body: '{}' }],
  'one length, said twice': [ok('content-length: 2\r\ncontent-length: 2, 2\r\n', '{}'), { body: '{}' }],
  'one chunk': [chunked('2\r\n{}\r\n0\r\n\r\n'), { body: '{}', idleMs }],
  'a chunk, in other spelling': [
    ok('Transfer-Encoding: Chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'),
    { body: '{}' },
  ],
  'several chunks': [chunked('001\r\n{\r\nA\r\n"a":"€"}\r\n0\r\n\r\n'), { body: '{"a":"€"}' }],
  'chunks with extensions and trailers': [
    chunked('2;a=b;c="d"\r\n{}\r\n0 ; last\r\nx-trailer: 1\r\ny: 2\r\n\r\n'),
    { headers: { 'transfer-encoding': 'chunked' }, body: '{}', idleMs },
  ],
  'an extension after a tab, with a tab in it': [chunked('2\t;\ta\r\n{}\r\n0\r\n\r\n'), { body: '{}' }],
  'a chunk size of ten digits': [chunked('0000000002\r\n{}\r\n0\r\n\r\n'), { body: '{}' }],
  'extensions and trailers of the largest size': [
    chunked(`2;${'x'.repeat(16_000)}\r\n{}\r\n0\r\n${'y'.repeat(384)}\r\n\r\n`),
    { body: '{}' },
  ],
  'no chunk at all': [chunked('0\r\n\r\n'), { body: '' }],
  'a body until the end of the connection': [ok('x: y\r\n', '{"a":1}'), { body: '{"a":1}', idleMs: 0 }],
  'an answer after interim ones': [
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\ncontent-length: x\r\n\r\n${ok('content-length: 1\r\n', '1')}`,
    { status, headers: { 'content-length': '1' }, body: '1', idleMs },
  ],
  'no body with 204': [
    'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n',
    { status: 204, body: '', idleMs },
  ],
  'no body with 304': [
    'HTTP/1.1 304\r\ntransfer-encoding: chunked\r\n\r\n',
    { status: 304, body: '', idleMs },
  ],
  'HTTP/1.0, which closes': ['HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n1', { body: '1', idleMs: 0 }],
  'HTTP/1.0 that stays open': [
    'HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 1\r\n\r\n1',
    { body: '1', idleMs },
  ],
  'of which the server says something else': [ok('connection: x\r\ncontent-length: 0\r\n'), { idleMs }],
  'that the server closes': [ok('connection: x, Close\r\ncontent-length: 0\r\n'), { idleMs: 0 }],
  'a time of the server that is no whole number': [
    ok('keep-alive: timeout=30.5\r\ncontent-length: 0\r\n'),
    { idleMs },
  ],
  'how long the server waits': [
    ok('keep-alive: max=5, timeout=30\r\ncontent-length: 0\r\n'),
    { idleMs: 29_000 },
  ],
  'that it waits too short': [ok('keep-alive: timeout=0\r\ncontent-length: 0\r\n'), { idleMs: 0 }],
  'that it waits for ever': [ok('keep-alive: timeout=99999\r\ncontent-length: 0\r\n'), { idleMs: 600_000 }],
  'headers of every kind': [
    ok(
      'A:b\r\nset-cookie: a=1\r\nSet-Cookie: \t b=2 \t\r\nset-cookie: c=3\r\nempty:\r\n__proto__: x\r\nbytes: \xe6\xa0\r\ncontent-length: 0\r\n',
    ),
    {
      headers: Object.fromEntries([
        ...[
          ['a', 'b'],
          ['set-cookie', ['a=1', 'b=2', 'c=3']],
          ['empty', ''],
        ],
        ...[
          ['__proto__', 'x'],
          ['bytes', '\xe6\xa0'],
          ['content-length', '0'],
        ],
      ]),
    },
  ],
  'as many headers as there is room for': [
    ok(`content-length: 0\r\n${'a:\r\n'.repeat(16_373)}`),
    { headers: { a: Array(16_373).fill('') } },
  ],
  'a head of the largest size': [
    ok(`content-length: 0\r\nx: ${'y'.repeat(MAX_HEAD - 43)}\r\n`),
    { status, body: '' },
  ],
  'a body of the largest size': [
    ok(`content-length: ${LIMIT}\r\n`, 'x'.repeat(LIMIT)),
    { body: 'x'.repeat(LIMIT) },
  ],
  'chunks of the largest size': [
    chunked(`${(LIMIT - 1).toString(16)}\r\n${'x'.repeat(LIMIT - 1)}\r\n1\r\nx\r\n0\r\n\r\n`),
    { body: 'x'.repeat(LIMIT) },
  ],
  'a body of the largest size until the end': [
    ok('x: y\r\n', 'x'.repeat(LIMIT)),
    { body: 'x'.repeat(LIMIT) },
  ],
}

const REFUSED: Readonly<Record<string, readonly [kind: string, text: string]>> = {
  'another protocol': ['broken', 'SSH-2.0-OpenSSH\r\n'],
  'another version': ['broken', 'HTTP/2 200\r\n\r\n'],
  'a status of two digits': ['broken', 'HTTP/1.1 20 OK\r\n\r\n'],
  'a line before the status': ['broken', `\r\n${ok('content-length: 0\r\n')}`],
  'a change of protocol': ['broken', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
  'a folded line': ['broken', ok('a: b\r\n c\r\ncontent-length: 0\r\n')],
  'a name with a space': ['broken', ok('a : b\r\ncontent-length: 0\r\n')],
  'no name': ['broken', ok(': b\r\ncontent-length: 0\r\n')],
  'no colon': ['broken', ok('a\r\ncontent-length: 0\r\n')],
  'a null byte': ['broken', ok('a: b\0c\r\ncontent-length: 0\r\n')],
  'a bare line feed': ['broken', ok('a: b\ncontent-length: 0\r\n')],
  'a bare carriage return': ['broken', ok('a: b\rc\r\ncontent-length: 0\r\n')],
  'a head that is too large': ['broken', ok(`content-length: 0\r\nx: ${'y'.repeat(MAX_HEAD - 42)}\r\n`)],
  'interim answers without end': ['broken', `HTTP/1.1 102 A\r\nx: ${'y'.repeat(9_000)}\r\n\r\n`.repeat(9)],
  'several lengths': ['broken', ok('content-length: 2\r\ncontent-length: 3\r\n', '{}')],
  'a signed length': ['broken', ok('content-length: +2\r\n', '{}')],
  'an empty length': ['broken', ok('content-length:\r\n', '{}')],
  'an immense length': ['broken', ok('content-length: 99999999999999999999\r\n', '{}')],
  'two ends of a body': [
    'broken',
    ok('content-length: 2\r\ntransfer-encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'),
  ],
  'another coding': ['broken', ok('transfer-encoding: gzip, chunked\r\n', '0\r\n\r\n')],
  'chunks in HTTP/1.0': ['broken', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  'a chunk without a size': ['broken', chunked('\r\n{}\r\n0\r\n\r\n')],
  'a size that is no number': ['broken', chunked('0x2\r\n{}\r\n0\r\n\r\n')],
  'an extension without a size': ['broken', chunked(';a\r\n\r\n')],
  'a chunk size of eleven digits': ['broken', chunked('00000000002\r\n{}\r\n0\r\n\r\n')],
  'a line feed in an extension': ['broken', chunked('2;a\nb\r\n{}\r\n0\r\n\r\n')],
  'a deleted character in a trailer': ['broken', chunked('2\r\n{}\r\n0\r\nx: \x7f\r\n\r\n')],
  'a size with a character before the digits of ASCII': [
    'broken',
    chunked('1/\r\n{"a":"1234567"}\r\n0\r\n\r\n'),
  ],
  'a size that ends in half a line break': ['broken', chunked('2\rx{}\r\n0\r\n\r\n')],
  'a chunk without the beginning of a line break': ['broken', chunked('2\r\n{}x\n0\r\n\r\n')],
  'a chunk that ends in half a line break': ['broken', chunked('2\r\n{}\rx0\r\n\r\n')],
  'a trailer that ends in half a line break': ['broken', chunked('2\r\n{}\r\n0\r\na: b\rx\r\n')],
  'chunks that end in half a line break': ['broken', chunked('2\r\n{}\r\n0\r\n\rx')],
  'a chunk longer than its size': ['broken', chunked('1\r\n{}\r\n0\r\n\r\n')],
  'a chunk that ends in a line feed': ['broken', chunked('2\n{}\r\n0\r\n\r\n')],
  'extensions without end': ['broken', chunked(`2;${'x'.repeat(17_000)}\r\n{}\r\n0\r\n\r\n`)],
  'trailers without end': ['broken', chunked(`0\r\n${'x: y\r\n'.repeat(5_000)}\r\n`)],
  'extensions and trailers that are too large together': [
    'broken',
    chunked(`2;${'x'.repeat(16_000)}\r\n{}\r\n0\r\n${'y'.repeat(385)}\r\n\r\n`),
  ],
  'no answer': ['broken', ''],
  'half a head': ['broken', 'HTTP/1.1 200 OK\r\ncontent-le'],
  'half a body': ['broken', ok('content-length: 3\r\n', '{}')],
  'half the chunks': ['broken', chunked('2\r\n{}\r\n')],
  'a length over the limit': ['too-large', ok(`content-length: ${LIMIT + 1}\r\n`)],
  'chunks over the limit': ['too-large', chunked(`${LIMIT.toString(16)}\r\n${'x'.repeat(LIMIT)}\r\n1\r\n`)],
  'a body over the limit': ['too-large', ok('x: y\r\n', 'x'.repeat(LIMIT + 1))],
}

/** Reasons as an operator reads them in the log. */
const DETAILS: readonly (readonly [detail: string, text: string])[] = [
  ['not an HTTP/1.1 status line', 'SSH-2.0-OpenSSH\r\n'],
  ['not an HTTP/1.1 status line', 'HTTP/2 200\r\n\r\n'],
  ['a header line is malformed', ok('a\r\n')],
  [`the head exceeds ${MAX_HEAD} bytes`, ok(`x: ${'y'.repeat(MAX_HEAD)}\r\n`)],
  [`the head exceeds ${MAX_HEAD} bytes`, `HTTP/1.1 102 A\r\nx: ${'y'.repeat(9_000)}\r\n\r\n`.repeat(9)],
  ['the server changed the protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['the transfer-encoding is ambiguous', ok('transfer-encoding: gzip\r\n')],
  ['the content-length is not a number', ok('content-length: x\r\n')],
  ['the chunks of the body are malformed', chunked('x')],
  [`the body exceeds ${LIMIT} bytes`, ok(`content-length: ${LIMIT + 1}\r\n`)],
  [`the body exceeds ${LIMIT} bytes`, ok('x: y\r\n', 'x'.repeat(LIMIT + 1))],
  ['the body exceeds its limit', chunked(`${(LIMIT + 1).toString(16)}\r\n`)],
  ['the server closed the connection before the end of its answer', ok('content-length: 3\r\n', '{}')],
]

/** Bytes as the tables write them: UTF-8 in bodies, single bytes in heads. */
function bytesOf(text: string): Buffer {
  const end = text.indexOf('\r\n\r\n') + 4
  return Buffer.concat([Buffer.from(text.slice(0, end), 'latin1'), Buffer.from(text.slice(end))])
}

describe('an answer is read:', () => {
  test.each(Object.entries(READ))('%s', (_, [text, outcome]) => {
    expect(outcomeOf([bytesOf(text)])).toMatchObject(outcome)
  })
})

describe('an answer is refused for', () => {
  test.each(Object.entries(REFUSED))('%s', (_, [kind, text]) => {
    expect(outcomeOf([bytesOf(text)])).toBe(kind)
  })
})

test.each(DETAILS)('an answer is refused with the reason: %s', (detail, text) => {
  const parser = responseParser()
  parser.begin(LIMIT, null)
  expect(() => {
    parser.feed(bytesOf(text))
    parser.end()
  }).toThrow(expect.objectContaining({ detail }))
})

test.each(['S', 'HTTQ', 'HTTP/2'])(
  '%j, byte by byte, is refused at the byte that no answer begins with',
  (text) => {
    const parser = responseParser()
    parser.begin(LIMIT, null)
    for (const byte of text.slice(0, -1)) expect(parser.feed(Buffer.from(byte))).toBeNull()
    expect(() => parser.feed(Buffer.from(text.slice(-1)))).toThrow(
      expect.objectContaining({ detail: 'not an HTTP/1.1 status line' }),
    )
  },
)

describe('however the bytes are split, the same becomes of', () => {
  const cases = [
    ...Object.entries(READ),
    ...Object.entries(REFUSED).map(([name, [, text]]) => [name, [text]] as const),
  ]
  test.each(cases)('%s', (_, [text]) => {
    const bytes = bytesOf(text)
    const whole = outcomeOf([bytes])
    if (bytes.length < 2_000) expect(outcomeOf([...bytes].map((byte) => Buffer.of(byte)))).toEqual(whole)
    const cuts = fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 })
    const holds = fc.property(cuts, (unsorted) => {
      const places = [0, ...unsorted.sort((a, b) => a - b), bytes.length]
      const reads = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
      expect(outcomeOf(reads)).toEqual(whole)
    })
    fc.assert(holds, { seed: 9_112, numRuns: 60 })
  })
})

describe('a body that is likely to be {"a":"é"}', () => {
  const likely = Buffer.from('{"a":"é"}')
  const framings: Record<string, (body: string) => string> = {
    'by its length': (body) => ok(`content-length: ${Buffer.byteLength(body)}\r\n`, body),
    'in chunks': (body) =>
      chunked(
        `2\r\n${body.slice(0, 2)}\r\n${(Buffer.byteLength(body) - 2).toString(16)}\r\n${body.slice(2)}\r\n0\r\n\r\n`,
      ),
    'until the end': (body) => ok('', body),
  }
  const bodies = [
    ['is not copied where it comes', '{"a":"é"}', EXPECTED],
    ['is read where it differs in the end', '{"a":"é"]', '{"a":"é"]'],
    ['is read where it differs at once', '["a","é"]', '["a","é"]'],
    ['is read where it is longer', '{"a":"é"}\n', '{"a":"é"}\n'],
    ['is read where it is shorter', '{"a":"é"', '{"a":"é"'],
  ] as const
  for (const [framing, framed] of Object.entries(framings)) {
    test.each(bodies)(`${framing} %s`, (_, body, told) => {
      const bytes = bytesOf(framed(body))
      for (let cut = 0; cut <= bytes.length; cut++) {
        const reads = [bytes.subarray(0, cut), bytes.subarray(cut)]
        expect(outcomeOf(reads, likely), `cut at ${cut}`).toMatchObject({ body: told })
      }
      const single = [...bytes].map((byte) => Buffer.of(byte))
      expect(outcomeOf(single, likely)).toMatchObject({ body: told })
    })
  }

  test('is returned as it came if it is encoded', () => {
    const text = ok(`content-encoding: br\r\ncontent-length: ${likely.length}\r\n`, likely.toString())
    expect(outcomeOf([bytesOf(text)], likely)).toMatchObject({ body: likely.toString() })
  })
})

test.each([
  ['of an unknown length', () => chunked('')],
  ['of a known one', (length: number) => ok(`content-length: ${length}\r\n`)],
])('a large body %s is read whole, from many reads', (_, head) => {
  const pieces = Array.from({ length: 100 }, (_, index) => `${index} `.repeat(300))
  const parser = responseParser()
  for (const count of [100, 3]) {
    const body = pieces.slice(0, count).join('')
    const begun = head(body.length)
    const isChunked = begun === chunked('')
    const reads = isChunked
      ? [
          ...pieces.slice(0, count).map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`),
          '0\r\n\r\n',
        ]
      : pieces.slice(0, count)
    parser.begin(1_000_000, null)
    const parsed = [begun, ...reads].map((read) => parser.feed(Buffer.from(read)))
    expect(parsed.at(-1)?.answer.body.toString() === body).toBe(true)
  }
})

describe('answers of one connection', () => {
  test('follow each other, and what one held is not in the next', () => {
    const parser = responseParser()
    // Two of them would exceed the maximum of extensions, and that of a head.
    const extended = ok(
      `transfer-encoding: chunked\r\nx: ${'y'.repeat(MAX_HEAD / 2)}\r\n`,
      `2;${'x'.repeat(9_000)}\r\n{}\r\n0\r\n\r\n`,
    )
    const texts = [ok('content-length: 4\r\n', 'long'), extended, extended, ok('content-length: 1\r\n', '1')]
    const bodies = texts.map((text) => {
      parser.begin(LIMIT, null)
      parser.feed(Buffer.from(text.slice(0, -3)))
      return parser.feed(Buffer.from(text.slice(-3)))?.answer.body
    })
    expect(bodies).toEqual(['long', '{}', '{}', '1'])
    parser.begin(LIMIT, null)
    // A size is required in each response.
    expect(() => parser.feed(Buffer.from(chunked('\r\n\r\n')))).toThrow(FetchFailure)
  })

  test('end with one that more follows upon than was asked for', () => {
    const parser = responseParser()
    parser.begin(LIMIT, null)
    const parsed = parser.feed(Buffer.from(`${ok('content-length: 2\r\n', '{}')}HTTP`))
    expect(parsed).toMatchObject({ answer: { body: '{}' }, idleMs: 0 })
  })
})
