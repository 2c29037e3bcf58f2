import { idSchema } from '@argyle/kit/ids'
import { z } from 'zod'

export const acknowledgeLowStockAlertInput = z.object({ alertId: idSchema('alr') })
