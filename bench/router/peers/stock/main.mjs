// Apollo's gateway under Apollo Server as its documentation starts it. Arguments: the supergraph SDL's file, the port.
import { readFileSync } from 'node:fs'
import { ApolloGateway } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'

const [file, port] = process.argv.slice(2)
const gateway = new ApolloGateway({ supergraphSdl: readFileSync(file, 'utf8') })
const server = new ApolloServer({ gateway, csrfPrevention: false })
await startStandaloneServer(server, { listen: { port: Number(port), host: '127.0.0.1' } })
