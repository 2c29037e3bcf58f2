import { expect, test } from 'vitest'
import { responseReader } from './response-reader.ts'

const plain = 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nx: y\r\n\r\n{"data":{}}'
const chunked =
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"dat\r\n6;ext=1\r\na":{}}\r\n0\r\n\r\n'

function readInPieces(text: string, size: number) {
  const reader = responseReader()
  const bytes = Buffer.from(text)
  const answers: string[] = []
  for (let at = 0; at < bytes.length; at += size) {
    const answered = reader.feed(bytes.subarray(at, at + size))
    if (answered) answers.push(`${answered.status} ${answered.body}`)
  }
  return answers
}

test.each([1, 7, 1_000])('an answer is read from pieces of %i bytes', (size) => {
  expect(readInPieces(plain, size)).toEqual(['200 {"data":{}}'])
  expect(readInPieces(chunked, size)).toEqual(['200 {"data":{}}'])
})

test('answers follow each other on one connection', () => {
  const reader = responseReader()
  for (const text of [plain, chunked, plain]) {
    expect(reader.feed(Buffer.from(text))?.body.toString()).toBe('{"data":{}}')
  }
})

test('a body larger than the first buffer is read whole', () => {
  const body = 'ä'.repeat(400_000)
  const text = `HTTP/1.1 500 Oh\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  expect(readInPieces(text, 65_536)).toEqual([`500 ${body}`])
})

test('a response that is not HTTP, or has no length, is refused', () => {
  expect(() => responseReader().feed(Buffer.from('SSH-2.0\r\n\r\n'))).toThrow('not an HTTP/1.1 answer')
  expect(() => responseReader().feed(Buffer.from('HTTP/1.1 200 OK\r\na: b\r\n\r\n'))).toThrow(
    'without a length',
  )
})
