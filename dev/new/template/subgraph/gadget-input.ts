import { idSchema } from '@argyle/kit/ids'
import { lineOfText } from '@argyle/kit/text'
import { idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'

const content = { title: lineOfText(120) }

export const createGadgetInput = z
  .object({ idempotencyKey: idempotencyKeySchema, productId: idSchema('prd'), ...content })
  .transform(({ idempotencyKey, productId, ...rest }) => ({ idempotencyKey, productId, content: rest }))

export type NewGadget = z.output<typeof createGadgetInput>

export const updateGadgetInput = z
  .object({ id: idSchema('gdt'), expectedVersion: versionSchema, ...content })
  .transform(({ id, expectedVersion, ...rest }) => ({ id, expectedVersion, content: rest }))
