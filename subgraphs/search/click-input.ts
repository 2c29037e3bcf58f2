import { idSchema } from '@argyle/kit/ids'
import { lineOfText } from '@argyle/kit/text'
import { z } from 'zod'

export const recordSearchClickInput = z.object({ query: lineOfText(200), productId: idSchema('prd') })
