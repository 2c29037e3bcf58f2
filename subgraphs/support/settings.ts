import { wholeNumber } from '@argyle/kit/config'
import { z } from 'zod'

/** Settings of support in addition to those of every subgraph. README.md describes them. */
export const supportSettings = z.object({ REOPEN_DAYS: wholeNumber(365, 1).default(14) })
