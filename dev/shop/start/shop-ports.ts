import { freePorts } from '../../stack/free-ports.ts'
import { INBOX_PORT_OFFSET } from '../outside/mailbox.ts'
import { SANDBOX_PORT_OFFSET } from '../outside/sandbox-gateway.ts'
import { SUBGRAPH_NAMES } from '../subgraphs/subgraphs.ts'
import { shownUrl } from '../terminal/shown-url.ts'
import type { WantedPort } from './ports.ts'

/** The distance of the highest port from the base. */
export const MAX_PORT_OFFSET = Math.max(SUBGRAPH_NAMES.length - 1, SANDBOX_PORT_OFFSET, INBOX_PORT_OFFSET)

export type Ports = 'free' | { readonly router: number; readonly subgraphPortBase: number }

/**
 * The router's address for browsers, by which it forwards pictures; undefined if its port is not known before
 * it listens.
 */
export function publicUrl(host: string, ports: Ports): string | undefined {
  return ports === 'free' || ports.router === 0 ? undefined : shownUrl(`http://${host}:${ports.router}`)
}

/** A base of 0 means any free ports. */
function subgraphPort(ports: Ports, place: number): number {
  return ports === 'free' || ports.subgraphPortBase === 0 ? 0 : ports.subgraphPortBase + place
}

/** The ports of the subgraphs. A stopped subgraph returns to its port, so free ones are outside of those of outgoing connections. */
export async function subgraphPorts(ports: Ports): Promise<number[]> {
  const wanted = SUBGRAPH_NAMES.map((_, place) => subgraphPort(ports, place))
  return wanted.includes(0) ? freePorts(wanted.length) : wanted
}

/** 0 as the base stands for any free one. */
export function gatewayPort(ports: Ports): number {
  return subgraphPort(ports, SANDBOX_PORT_OFFSET)
}

/** 0 as the base stands for any free one. */
export function inboxPort(ports: Ports): number {
  return subgraphPort(ports, INBOX_PORT_OFFSET)
}

/** Every port that the shop listens on. */
export function wantedPorts(ports: Ports): WantedPort[] {
  if (ports === 'free') return []
  const subgraphs = SUBGRAPH_NAMES.map((owner, place) => {
    return { owner, port: subgraphPort(ports, place), option: '--subgraph-port-base' }
  })
  const gateway = { owner: 'sandbox gateway', port: gatewayPort(ports), option: '--subgraph-port-base' }
  const inbox = { owner: 'inbox page', port: inboxPort(ports), option: '--subgraph-port-base' }
  return [{ owner: 'router', port: ports.router, option: '--port' }, ...subgraphs, gateway, inbox]
}
