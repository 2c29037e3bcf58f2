import { wholeNumber } from '@argyle/kit/config'
import { z } from 'zod'

/** Settings of support in addition to those of every subgraph. README.md describes them. */
export const supportSettings = z.object({
  REOPEN_DAYS: wholeNumber(365, 1).default(14),
  /** The storefront, which the links of campaigns lead to. */
  STOREFRONT_URL: z
    .url({ protocol: /^https?$/, error: 'a URL that starts with http:// or https://' })
    .default('http://localhost:4000'),
})
