// Mercurius in gateway mode. Arguments: a JSON file with the services' names, URLs and schemas; the port.
import { readFileSync } from 'node:fs'
import gateway from '@mercuriusjs/gateway'
import fastify from 'fastify'

const [file, port] = process.argv.slice(2)
const services = JSON.parse(readFileSync(file, 'utf8'))
const app = fastify()
await app.register(gateway, { gateway: { services }, jit: 1 })
await app.listen({ port: Number(port), host: '127.0.0.1' })
