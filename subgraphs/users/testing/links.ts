import { randomBytes } from 'node:crypto'
import { unseal } from '@argyle/kit/sealed'

/** Encrypts the tokens of links. */
export const LINK_KEY = randomBytes(32)

/** A link in the message to notifications. */
export type Link = {
  readonly linkId: string
  readonly userId: string
  readonly purpose: string
  readonly email: string
  readonly sealedToken: string
  readonly expiresAt: string
}

/** The token of a link; an invalid text if there is none. */
export const tokenOf = (link: Link | undefined): string =>
  link ? unseal(LINK_KEY, Buffer.from(link.sealedToken, 'base64url')).toString() : 'no link was made'
