import { keySetting } from '@argyle/kit/config'
import { z } from 'zod'

/** What users needs to know beside what every subgraph does. */
export const userSettings = z.object({
  ACCESS_TOKEN_ISSUER: z.string().min(1),
  ACCESS_TOKEN_AUDIENCE: z.string().min(1),
  SIGNING_KEY_SECRET: keySetting,
  /** Whether browsers send the refresh cookie over TLS only; off on a developer's machine alone. */
  COOKIE_SECURE: z.enum(['true', 'false']).default('true'),
})

export type UserSettings = z.output<typeof userSettings>
