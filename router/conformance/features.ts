import type { Feature } from './feature.ts'
import { abstractTypes } from './features/abstract-types.ts'
import { circularRequires } from './features/circular-requires.ts'
import { conditions } from './features/conditions.ts'
import { contexts } from './features/contexts.ts'
import { federation1 } from './features/federation-1.ts'
import { inaccessible } from './features/inaccessible.ts'
import { interfaceObjects } from './features/interface-objects.ts'
import { interfaceObjectsElsewhere } from './features/interface-objects-elsewhere.ts'
import { keys } from './features/keys.ts'
import { keysOfTypesAlone } from './features/keys-of-types-alone.ts'
import { lackingInputs } from './features/lacking-inputs.ts'
import { missingEntities } from './features/missing-entities.ts'
import { mutations } from './features/mutations.ts'
import { mutationsInTurn } from './features/mutations-in-turn.ts'
import { narrowedTypes } from './features/narrowed-types.ts'
import { nullArguments } from './features/null-arguments.ts'
import { nullConditions } from './features/null-conditions.ts'
import { nullsBeside } from './features/nulls-beside.ts'
import { overrides } from './features/overrides.ts'
import { partialOwners } from './features/partial-owners.ts'
import { provides } from './features/provides.ts'
import { providesOnInterfaces } from './features/provides-on-interfaces.ts'
import { requires } from './features/requires.ts'
import { requiresOfAbstractTypes } from './features/requires-of-abstract-types.ts'
import { requiresWithArguments } from './features/requires-with-arguments.ts'
import { responseShapes } from './features/response-shapes.ts'
import { severalArguments } from './features/several-arguments.ts'
import { sharedTypes } from './features/shared-types.ts'
import { skippedParts } from './features/skipped-parts.ts'

/** The features of Federation 2 that concern queries and mutations. */
export const FEATURES: readonly Feature[] = [
  abstractTypes,
  circularRequires,
  conditions,
  contexts,
  federation1,
  inaccessible,
  interfaceObjects,
  interfaceObjectsElsewhere,
  keys,
  keysOfTypesAlone,
  missingEntities,
  mutations,
  mutationsInTurn,
  narrowedTypes,
  nullArguments,
  nullConditions,
  nullsBeside,
  lackingInputs,
  overrides,
  partialOwners,
  provides,
  providesOnInterfaces,
  requiresOfAbstractTypes,
  requiresWithArguments,
  requires,
  responseShapes,
  severalArguments,
  sharedTypes,
  skippedParts,
]
