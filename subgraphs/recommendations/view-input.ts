import { idSchema } from '@argyle/kit/ids'
import { z } from 'zod'

const SESSION_ID = /^[A-Za-z0-9_-]{16,64}$/

export const recordViewInput = z.object({
  productId: idSchema('prd'),
  sessionId: z.string().regex(SESSION_ID, { error: '16 to 64 characters of A-Z, a-z, 0-9, _ and -' }),
  consent: z.literal(true, { error: 'true: views are recorded with consent only' }),
})
