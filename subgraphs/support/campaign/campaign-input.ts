// Tested in ../campaign-input.int.test.ts: the test checks the mutations that refuse them.

import { idSchema } from '@argyle/kit/ids'
import { lineOfText, linesOfText } from '@argyle/kit/text'
import { idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import type { CampaignContent } from './campaign.ts'
import { VARIANTS } from './split.ts'

const VARIABLE = /\{\{(?:customerName|couponCode)\}\}/g
const BRACES = /\{\{|\}\}/

/** Refuses braces around anything but the variables of a campaign. */
function withVariables<S extends z.ZodType<string>>(text: S) {
  return text.superRefine((value, context) => {
    if (!BRACES.test(value.replaceAll(VARIABLE, ''))) return
    const message = 'double braces only around customerName and couponCode'
    context.addIssue({ code: 'custom', message, input: value })
  })
}

const text = z.object({
  title: withVariables(lineOfText(100)),
  body: withVariables(linesOfText(2_000)),
  actionLabel: lineOfText(60),
})

/** A path, query and fragment below the storefront: no host, and nothing that a browser reads as one. */
const linkPath = z
  .string()
  .max(300)
  .refine((value) => /^\/(?![/\\])[\w\-.~!$&'()*+,;=:@%/?#]*$/.test(value), {
    error: 'a path of the storefront such as /products/acorn?from=mail',
  })

const usesCoupon = (text: string) => text.includes('{{couponCode}}')

const coupon = z
  .object({ percentBasisPoints: z.int().min(1).max(10_000), validDays: z.int().min(1).max(366) })
  .nullish()
  .transform((value) => value ?? null)

const content = z
  .object({
    name: lineOfText(80),
    segmentId: idSchema('seg'),
    variants: z
      .array(z.object({ english: text, german: text }))
      .refine(({ length }) => length >= 1 && length <= VARIANTS.length, {
        error: `1 to ${VARIANTS.length} variants`,
      }),
    linkPath,
    coupon,
    controlPercent: z.int().min(0).max(90),
    messagesPerMinute: z.int().min(1).max(6_000),
    attributionDays: z.int().min(1).max(90),
  })
  .superRefine(({ variants, coupon: given }, context) => {
    if (given !== null) return
    const message = 'no couponCode, since the campaign has no coupon'
    for (const [index, { english, german }] of variants.entries())
      for (const [language, written] of Object.entries({ english, german }))
        for (const field of ['title', 'body'] as const) {
          const input = written[field]
          if (!usesCoupon(input)) continue
          context.addIssue({ code: 'custom', message, path: ['variants', index, language, field], input })
        }
  })

function contentOf({ coupon: given, variants, ...rest }: z.output<typeof content>): CampaignContent {
  return {
    ...rest,
    variants: variants.map((texts, index) => ({ variant: VARIANTS[index] ?? 'A', ...texts })),
    couponBasisPoints: given?.percentBasisPoints ?? null,
    couponValidDays: given?.validDays ?? null,
  }
}

const which = { id: idSchema('cmp'), expectedVersion: versionSchema }

export const createCampaignInput = z
  .intersection(z.object({ idempotencyKey: idempotencyKeySchema }), content)
  .transform(({ idempotencyKey, ...rest }) => ({ idempotencyKey, content: contentOf(rest) }))

export const updateCampaignInput = z
  .intersection(z.object(which), content)
  .transform(({ id, expectedVersion, ...rest }) => ({ id, expectedVersion, content: contentOf(rest) }))

export const scheduleCampaignInput = z.object({
  ...which,
  startsAt: z
    .date()
    .nullish()
    .transform((value) => value ?? null),
})

export const cancelCampaignInput = z.object(which)

export type CreateCampaign = z.output<typeof createCampaignInput>
export type UpdateCampaign = z.output<typeof updateCampaignInput>
export type ScheduleCampaign = z.output<typeof scheduleCampaignInput>
export type CancelCampaign = z.output<typeof cancelCampaignInput>
