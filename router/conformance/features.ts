import type { Feature } from './feature.ts'
import { abstractTypes } from './features/abstract-types.ts'
import { circularRequires } from './features/circular-requires.ts'
import { conditions } from './features/conditions.ts'
import { contexts } from './features/contexts.ts'
import { federation1 } from './features/federation-1.ts'
import { inaccessible } from './features/inaccessible.ts'
import { interfaceObjects } from './features/interface-objects.ts'
import { keys } from './features/keys.ts'
import { missingEntities } from './features/missing-entities.ts'
import { mutations } from './features/mutations.ts'
import { narrowedTypes } from './features/narrowed-types.ts'
import { overrides } from './features/overrides.ts'
import { provides } from './features/provides.ts'
import { requires } from './features/requires.ts'
import { requiresOfAbstractTypes } from './features/requires-of-abstract-types.ts'
import { requiresWithArguments } from './features/requires-with-arguments.ts'
import { sharedTypes } from './features/shared-types.ts'

/** Everything of Federation 2 that a query or a mutation can meet. */
export const FEATURES: readonly Feature[] = [
  abstractTypes,
  circularRequires,
  conditions,
  contexts,
  federation1,
  inaccessible,
  interfaceObjects,
  keys,
  missingEntities,
  mutations,
  narrowedTypes,
  overrides,
  provides,
  requiresOfAbstractTypes,
  requiresWithArguments,
  requires,
  sharedTypes,
]
