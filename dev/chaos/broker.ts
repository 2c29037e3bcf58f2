import { setTimeout as pause } from 'node:timers/promises'
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Chance } from '../seed/random/chance.ts'
import { STREAM } from '../stack/forget-messages.ts'

/** Number of newest messages from which duplicates are drawn. */
const RECENT = 400

/** The chaos run's own connection to the broker, past its balancer. */
export type Broker = {
  /** Publishes recent messages again, without their ids. @returns their number */
  duplicate(from: Chance, count: number, overMs: number): Promise<number>
  /** The number of messages that `duplicate` has published. */
  duplicates(): number
  /** Messages that a consumer has not acknowledged yet, by consumer; empty when all are handled. */
  waiting(): Promise<string[]>
  close(): Promise<void>
}

export async function openBroker(port: number): Promise<Broker> {
  const connection: NatsConnection = await connect({
    servers: `127.0.0.1:${port}`,
    name: 'chaos',
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
  })
  const manager: JetStreamManager = await jetstreamManager(connection, { timeout: 5_000, checkAPI: false })
  const js = jetstream(connection, { timeout: 5_000 })

  let duplicates = 0

  async function again(sequence: number): Promise<boolean> {
    const message = await manager.streams.getMessage(STREAM, { seq: sequence })
    if (!message) return false
    await js.publish(message.subject, message.data)
    return true
  }

  return {
    async duplicate(from, count, overMs) {
      const { state } = await manager.streams.info(STREAM)
      const first = Math.max(state.first_seq, state.last_seq - RECENT)
      const chosen = Array.from({ length: count }, () => ({
        sequence: from.between(first, Math.max(first, state.last_seq)),
        afterMs: from.between(0, overMs),
      }))
      const done = await Promise.all(
        chosen.map(async ({ sequence, afterMs }) => {
          await pause(afterMs)
          // The broker may be down by now.
          return again(sequence).catch(() => false)
        }),
      )
      const published = done.filter(Boolean).length
      duplicates += published
      return published
    },

    duplicates: () => duplicates,

    async waiting() {
      const found: string[] = []
      for await (const info of manager.consumers.list(STREAM)) {
        const { name, num_pending, num_ack_pending, num_redelivered, num_waiting, ack_floor, delivered } =
          info
        if (num_pending + num_ack_pending > 0)
          found.push(
            `${name}: ${num_pending} not delivered, ${num_ack_pending} not acknowledged (${num_redelivered} of them redelivered), ` +
              `${num_waiting} requests wait, delivered to ${delivered.stream_seq}, all acknowledged to ${ack_floor.stream_seq}`,
          )
      }
      return found
    },

    close: () => connection.close(),
  }
}
