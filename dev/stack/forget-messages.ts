import { JetStreamApiError, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'

/** The stream of all subgraphs: see subgraphs/kit/messages/jetstream-bus.ts. */
export const STREAM = 'argyle'
const CONNECT_MS = 5_000

/** Deletes the stream with every message in it and the positions of its consumers. */
export async function forgetMessages(eventBus: string): Promise<void> {
  const { host, username, password } = new URL(eventBus)
  const account = username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : {}
  const connection = await connect({ servers: host, timeout: CONNECT_MS, ...account })
  try {
    await (await jetstreamManager(connection)).streams.delete(STREAM)
  } catch (error) {
    // There is no stream yet.
    if (!(error instanceof JetStreamApiError && error.status === 404)) throw error
  } finally {
    await connection.close()
  }
}
