import { describe, expect, test } from 'vitest'
import {
  type Answered,
  answered,
  nulls,
  ofSocks,
  ROOT,
  SOCK_AND_HAT,
  SOCKS,
  TWO_ALIASES,
  times,
} from '../../testing/fetch-errors.ts'

describe('an error that left an entity without data', () => {
  const socks = {
    operation: ofSocks('size colour mate { size }'),
    parts: [SOCKS],
    data: { _entities: [null, null] },
  }
  const both = () => ({ socks: [nulls(), nulls()] })
  test.each<readonly [string, Answered, readonly string[]]>([
    [
      'is at its other fields too',
      { ...socks, merged: both(), errors: ['no: _entities.1.size'] },
      ['no: socks.1.size', 'no: socks.1.colour'],
    ],
    [
      'is at its other fields where the client did not select the failed one',
      { ...socks, merged: { socks: [{ colour: null }, {}] }, errors: ['no: _entities.0.size'] },
      ['no: socks', 'no: socks.0.colour'],
    ],
    [
      'is at no other field if the entity has data',
      { ...socks, merged: both(), errors: ['no: _entities.0.size'], data: { _entities: [{}, null] } },
      ['no: socks.0.size'],
    ],
    [
      'is at none if the data has no list of entities',
      { ...socks, merged: both(), errors: ['no: _entities.0.size'], data: { _entities: { 0: null } } },
      ['no: socks.0.size'],
    ],
    [
      'is at no other field if another entity is without data',
      { ...socks, merged: both(), errors: ['no: _entities.1.size'], data: { _entities: [null, {}] } },
      ['no: socks.1.size'],
    ],
    [
      'is at none if the data has no such entity',
      { ...socks, merged: both(), errors: ['no: _entities.0.size'], data: { _entities: [] } },
      ['no: socks.0.size'],
    ],
    [
      'is at 10 other fields, and counts further ones',
      {
        ...socks,
        merged: { socks: times(11, () => ({ colour: null })) },
        parts: [{ ...SOCKS, objects: times(11, (index) => `socks.${index}`), indexes: times(11, () => 0) }],
        errors: ['no: _entities.0.size'],
      },
      [
        'no: socks',
        ...times(10, (index) => `no: socks.${index}.colour`),
        'no 1 more field is null for this reason.',
      ],
    ],
    [
      'is the first of its errors, at the fields that have none',
      {
        ...socks,
        merged: { socks: [{ ...nulls(), mate: null }, nulls()] },
        errors: ['one: _entities.0.size', 'two: _entities.0.colour', 'three: _entities.0.size'],
      },
      ['one: socks.0.size', 'three: socks.0.size', 'two: socks.0.colour', 'one: socks.0.mate'],
    ],
    [
      'is its own of each entity',
      { ...socks, merged: both(), errors: ['one: _entities.0.size', 'two: _entities.1.colour'] },
      ['one: socks.0.size', 'two: socks.1.colour', 'one: socks.0.colour', 'two: socks.1.size'],
    ],
    [
      'is its own of each part',
      {
        operation: TWO_ALIASES,
        parts: SOCK_AND_HAT,
        merged: { sock: nulls(), hat: nulls() },
        errors: ['one: a.0.size', 'two: b.0.colour'],
        data: { a: [null], b: [null] },
      },
      ['one: sock.size', 'two: hat.colour', 'one: sock.colour', 'two: hat.size'],
    ],
    [
      'is once at an object that is in several lists',
      {
        ...socks,
        merged: both(),
        parts: [{ ...SOCKS, objects: ['socks.0', 'socks.0'], indexes: [0, 0] }],
        errors: ['no: _entities.0.size'],
      },
      ['no: socks.0.size', 'no: socks.0.colour'],
    ],
    [
      'is at the data keys of renamed fields, and not at that of the failed one',
      {
        operation: ofSocks('_size_s1: size _hue_s1: hue'),
        merged: { socks: [{ _size_0: null, _hue_0: null }] },
        parts: [
          {
            ...SOCKS,
            objects: ['socks.0'],
            indexes: [0],
            renamed: { _size_s1: '_size_0', _hue_s1: '_hue_0' },
          },
        ],
        errors: ['no: _entities.0._size_s1'],
        data: { _entities: [null] },
      },
      ['no: socks.0.size', 'no: socks.0.hue'],
    ],
    [
      'is at what lacks below the other fields, and not below the failed one',
      {
        ...socks,
        operation: ofSocks('mate { size } left { size mate } brim'),
        merged: {
          socks: [
            { __typename: 'Sock', mate: { size: null }, left: { size: null, mate: null, brim: null } },
            {},
          ],
        },
        errors: ['no: _entities.0.mate.size'],
      },
      ['no: socks.0.mate.size', 'no: socks.0.left.size', 'no: socks.0.left.mate'],
    ],
    [
      'is at the fields of the type of the entity alone',
      {
        operation: ofSocks('size __typename} ...on Hat{brim'),
        parts: [SOCKS],
        merged: { socks: [{ __typename: 'Sock', size: null, brim: null }, {}] },
        errors: ['no: _entities.0.colour'],
        data: { _entities: [null, {}] },
      },
      ['no: socks', 'no: socks.0.size'],
    ],
    [
      'is not at its other fields if the response has no data',
      { ...socks, merged: both(), answer: null, errors: ['no: _entities.0.size'] },
      ['no: socks.0.size'],
    ],
  ])('%s', (_, given, errors) => {
    expect(answered(given)).toEqual(errors)
  })
})

describe('an error that left a request without data', () => {
  const root = { operation: '{ box { hue } lid hat }', parts: [ROOT], data: null }
  const all = () => ({ box: null, lid: null, hat: null })
  const two = { operation: TWO_ALIASES, parts: SOCK_AND_HAT, data: null }
  test.each<readonly [string, Answered, readonly string[]]>([
    [
      'is at its other fields too',
      { ...root, merged: all(), errors: ['no: lid'] },
      ['no: lid', 'no: box', 'no: hat'],
    ],
    [
      'is the first error, at the fields that have none',
      { ...root, merged: all(), errors: ['one: lid', 'two: hat'] },
      ['one: lid', 'two: hat', 'one: box'],
    ],
    [
      'is at no other field if the subgraph sent data',
      { ...root, merged: all(), errors: ['no: lid'], data: {} },
      ['no: lid'],
    ],
    [
      'is at no other field if a second error concerns all fields',
      { ...root, merged: all(), errors: ['one: lid', 'two'] },
      ['two: box', 'one: lid', 'two: lid', 'two: hat'],
    ],
    [
      'is at the other root fields even if no null shows it',
      { ...root, merged: { lid: null }, answer: '{"box":{},"lid":null}', errors: ['no: lid'] },
      ['no: lid', 'no: box', 'no'],
    ],
    [
      'is at other fields below the root only if a null shows it',
      {
        ...root,
        parts: [{ objects: ['in'], path: 'in' }],
        merged: { in: { lid: null, hat: null } },
        errors: ['no: lid'],
      },
      ['no: in.lid', 'no: in.hat'],
    ],
    [
      'is at the data keys of renamed fields, and not at that of the failed one',
      {
        ...root,
        operation: '{ _lid_s1: lid _hat_s1: hat }',
        parts: [{ ...ROOT, renamed: { _lid_s1: '_lid_0', _hat_s1: '_hat_0' } }],
        merged: { _lid_0: null, _hat_0: null },
        errors: ['no: _lid_s1'],
      },
      ['no: lid', 'no: hat'],
    ],
    [
      'is at the other parts too',
      { ...two, merged: { sock: nulls(), hat: nulls() }, errors: ['no: a.0.size'] },
      ['no: sock.size', 'no: hat.size', 'no: hat.colour'],
    ],
    [
      'is at the other parts too if it concerns a whole part',
      { ...two, merged: { sock: nulls(), hat: { size: null } }, errors: ['no: a'] },
      ['no: sock.size', 'no: sock.colour', 'no: hat.size'],
    ],
    [
      'is at no other part that has an error itself',
      { ...two, merged: { sock: nulls(), hat: nulls() }, errors: ['one: a.0.size', 'two: b'] },
      ['one: sock.size', 'two: hat.size', 'two: hat.colour'],
    ],
    [
      'is not at other fields if the response has no data',
      { ...root, merged: all(), answer: null, errors: ['no: lid'] },
      ['no: lid'],
    ],
  ])('%s', (_, given, errors) => {
    expect(answered(given)).toEqual(errors)
  })
})
