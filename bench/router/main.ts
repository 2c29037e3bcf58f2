import { runRouterBench } from './run-bench.ts'

process.exitCode = await runRouterBench(process.argv.slice(2))
