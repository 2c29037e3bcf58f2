import type { TransactionOf } from '@argyle/kit/database'
import type { PrismaClient } from './generated/prisma/client.ts'

/** The client inside a transaction. */
export type Tx = TransactionOf<PrismaClient>
