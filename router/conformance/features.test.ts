import { FEATURES } from './features.ts'
import { runFeature } from './run-feature.ts'

for (const feature of FEATURES) runFeature(feature)
