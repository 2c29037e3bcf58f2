import { z } from 'zod'

/** The base URL of this service for clients that load invoices. Default: localhost and its own port. */
export const settings = z
  .object({
    PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: 'a URL that starts with http:// or https://' })
      .optional(),
    PORT: z.coerce.number().default(4005),
  })
  .transform(({ PUBLIC_URL, PORT }) => ({
    publicUrl: (PUBLIC_URL ?? `http://localhost:${PORT}`).replace(/\/+$/, ''),
  }))
