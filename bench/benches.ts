import type { Bench, OtherBench } from './bench.ts'
import { cpu } from './cpu.ts'
import { forecast } from './forecast.ts'
import { latency } from './latency.ts'
import { oversell } from './oversell.ts'
import { productPage } from './product-page.ts'
import { profile } from './profile.ts'
import { recommendationsQuality } from './recommendations-quality.ts'
import { searchQuality } from './search-quality.ts'
import { searchSpeed } from './search-speed.ts'
import { start } from './start.ts'

/** All benchmarks, in the order of the help. */
export const benches: readonly (Bench | OtherBench)[] = [
  start,
  productPage,
  latency,
  oversell,
  cpu,
  profile,
  searchQuality,
  searchSpeed,
  forecast,
  recommendationsQuality,
  {
    name: 'router',
    measures: 'the router over cheap subgraphs, against other federation routers',
    // Imported on demand: it has many modules, which the others do not need.
    main: async (args) => (await import('./router/run-bench.ts')).runRouterBench(args),
  },
]
