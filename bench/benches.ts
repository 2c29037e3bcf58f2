import type { Bench } from './bench.ts'
import { cpu } from './cpu.ts'
import { oversell } from './oversell.ts'
import { productPage } from './product-page.ts'
import { profile } from './profile.ts'
import { start } from './start.ts'

/** All benchmarks, in the order of the help. */
export const benches: readonly Bench[] = [start, productPage, oversell, cpu, profile]
