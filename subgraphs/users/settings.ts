import { keySetting } from '@argyle/kit/config'
import { z } from 'zod'

/** Settings of users, in addition to those of every subgraph. */
export const userSettings = z.object({
  ACCESS_TOKEN_ISSUER: z.string().min(1),
  ACCESS_TOKEN_AUDIENCE: z.string().min(1),
  SIGNING_KEY_SECRET: keySetting,
  /** Encrypts the tokens of links on their way to notifications, which has the same key. */
  LINK_KEY: keySetting,
  /** Whether browsers send the refresh cookie over TLS only; turn it off only for development. */
  COOKIE_SECURE: z.enum(['true', 'false']).default('true'),
})

export type UserSettings = z.output<typeof userSettings>
