// A bare node:http server that sends the canned answer. Arguments: as calls.mjs.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [file, port] = process.argv.slice(2)
const bytes = Buffer.from(JSON.parse(readFileSync(file, 'utf8')).answer)
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length })
    response.end(bytes)
  })
})
server.listen(Number(port), '127.0.0.1')
