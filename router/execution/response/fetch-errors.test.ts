import { describe, expect, test } from 'vitest'
import {
  type Answered,
  answered,
  answeredTo,
  type Case,
  failed,
  noFaults,
  nulls,
  ofSocks,
  type Part,
  ROOT,
  SOCK_AND_HAT,
  SOCKS,
  TWO_ALIASES,
  times,
} from '../../testing/fetch-errors.ts'

describe('the error of a failed request', () => {
  const NO = 'Part of the graph cannot be reached.'
  test.each<readonly [string, Case, readonly string[]]>([
    [
      'is at each field without data, of all parts',
      { operation: TWO_ALIASES, merged: { sock: nulls(), hat: nulls() }, parts: SOCK_AND_HAT },
      [`${NO}: sock.size`, `${NO}: sock.colour`, `${NO}: hat.size`, `${NO}: hat.colour`],
    ],
    [
      'is at no field that was not requested',
      { operation: '{ lid }', merged: { lid: null, hinge: null }, parts: [ROOT] },
      [`${NO}: lid`],
    ],
    [
      'is at the data key of a renamed field',
      {
        operation: '{ box { _lid_s1: lid } _hat_s1: hat }',
        merged: { hat: null, box: { lid: null, _lid_s1: null } },
        parts: [{ ...ROOT, renamed: { _lid_s1: 'lid', _hat_s1: 'hat' } }],
      },
      [`${NO}: hat`, `${NO}: box.lid`],
    ],
    [
      'that no null shows is where the first part was to go',
      { operation: TWO_ALIASES, merged: { sock: {}, hat: {} }, parts: SOCK_AND_HAT },
      [`${NO}: sock`],
    ],
    [
      'that no null shows is at the list, if the objects are in one',
      {
        operation: ofSocks('size'),
        merged: { me: { socks: [{ mate: {} }] } },
        parts: [
          { alias: '_entities', objects: ['me.socks.0.mate'], indexes: [0], path: 'me.<User>.socks.@.mate' },
        ],
      },
      [`${NO}: me.socks`],
    ],
    [
      'has no path if no null shows it and it is of the root',
      { operation: '{ lid }', merged: { box: {} }, parts: [ROOT] },
      [NO],
    ],
    ['has no path if there is no part', { operation: '{ lid }', merged: {}, parts: [] }, [NO]],
    [
      'is at 10 fields, and counts no others where there are none',
      {
        operation: ofSocks('size'),
        merged: { socks: times(10, () => ({ size: null })) },
        parts: [{ ...SOCKS, objects: times(10, (index) => `socks.${index}`), indexes: times(10, Number) }],
      },
      times(10, (index) => `${NO}: socks.${index}.size`),
    ],
    [
      'is at 10 fields, and counts the others',
      {
        operation: ofSocks('size'),
        merged: { socks: times(12, () => ({ size: null })) },
        parts: [{ ...SOCKS, objects: times(12, (index) => `socks.${index}`), indexes: times(12, Number) }],
      },
      [
        ...times(10, (index) => `${NO}: socks.${index}.size`),
        `${NO} 2 more fields are null for this reason.`,
      ],
    ],
  ])('%s', (_, given, errors) => {
    expect(failed('unreachable', given)).toEqual(errors)
  })

  test('has the message of its kind', () => {
    const given = { operation: '{ lid }', merged: { lid: null }, parts: [ROOT] }
    expect(failed('timeout', given)).toEqual(['Part of the graph took too long.: lid'])
  })
})

describe('an error without a place', () => {
  const sockAndHat = { operation: TWO_ALIASES, parts: SOCK_AND_HAT, data: {} }
  test.each<readonly [string, Answered, readonly string[]]>([
    [
      'is at each null of all parts',
      { ...sockAndHat, merged: { sock: nulls(), hat: { size: null } }, errors: ['no'] },
      ['no: sock.size', 'no: sock.colour', 'no: hat.size'],
    ],
    [
      'is that of a path that leads nowhere',
      {
        ...sockAndHat,
        merged: { sock: { size: null }, hat: nulls() },
        errors: ['no: a.0.size'],
        leads: () => false,
      },
      ['no: sock.size', 'no: hat.size', 'no: hat.colour'],
    ],
    [
      'is that of a path that starts at no part',
      { ...sockAndHat, merged: { sock: { size: null }, hat: { size: null } }, errors: ['no: c.0.size'] },
      ['no: sock.size', 'no: hat.size'],
    ],
    [
      'of one part is at the nulls of this part alone',
      { ...sockAndHat, merged: { sock: nulls(), hat: nulls() }, errors: ['no: b'] },
      ['no: hat.size', 'no: hat.colour'],
    ],
    [
      'of one part that no null shows is where this part was to go',
      { ...sockAndHat, merged: { sock: {}, hat: {} }, errors: ['no: b'] },
      ['no: hat'],
    ],
    [
      'that no null shows is where the first part was to go',
      { ...sockAndHat, merged: { sock: {}, hat: {} }, errors: ['no'] },
      ['no: sock'],
    ],
    [
      'is at 10 fields, and counts the others',
      {
        operation: ofSocks('size'),
        merged: { socks: times(11, () => ({ size: null })) },
        parts: [{ ...SOCKS, objects: times(11, (index) => `socks.${index}`), indexes: times(11, Number) }],
        errors: ['no'],
        data: {},
      },
      [...times(10, (index) => `no: socks.${index}.size`), 'no 1 more field is null for this reason.'],
    ],
    [
      'is at each null, up to the 10th such error; further ones are reported once each',
      {
        ...sockAndHat,
        merged: { sock: nulls(), hat: {} },
        errors: ['one: b.0.size', ...times(12, (index) => `no ${index}`)],
      },
      [
        ...times(10, (index) => `no ${index}: sock.size`),
        ...times(10, (index) => `no ${index}: sock.colour`),
        'one: hat',
        'no 10: sock',
        'no 11: sock',
      ],
    ],
  ])('%s', (_, given, errors) => {
    expect(answered(given)).toEqual(errors)
  })

  test('is read up to the 100th of a response; the others of all responses are counted', () => {
    const faults = noFaults()
    const box = { operation: '{ lid }', merged: { lid: null }, parts: [ROOT], data: {} }
    answeredTo(faults, { ...box, errors: times(99, (index) => `no ${index}`) })
    expect(faults).toMatchObject({ unread: 0, all: { length: 99 } })
    answeredTo(faults, { ...box, errors: times(101, (index) => `no ${index}`) })
    expect(faults).toMatchObject({ unread: 1, all: { length: 199 } })
    expect(faults.all.at(-1)?.message).toBe('no 99')
    answeredTo(faults, { ...box, errors: times(103, () => 'no') })
    expect(faults.unread).toBe(4)
  })
})

describe('an error at a field', () => {
  const box = { operation: '{ box { lid { hue } } }', parts: [ROOT] }
  const inBox: Part = { objects: ['box'], path: 'box' }
  const socks = { operation: ofSocks('size colour mate { size }'), parts: [SOCKS] }
  const sizes = { _entities: [{ size: null }, { size: null }] }
  test.each<readonly [string, Answered, readonly string[]]>([
    [
      'of the root is at that field',
      { ...box, merged: { box: { lid: null } }, errors: ['no: box.lid'], data: { box: { lid: null } } },
      ['no: box.lid'],
    ],
    [
      'of the root is at that field below objects too',
      {
        ...box,
        merged: { box: { lid: { hue: null } } },
        errors: ['no: box.lid.hue'],
        data: { box: { lid: { hue: null } } },
      },
      ['no: box.lid.hue'],
    ],
    [
      'of an entity is at that field of its objects',
      { ...socks, merged: { socks: [nulls(), nulls()] }, errors: ['no: _entities.1.size'], data: sizes },
      ['no: socks.1.size'],
    ],
    [
      'of an entity is at each place that stands for it, once',
      {
        ...socks,
        merged: { socks: [nulls(), nulls(), nulls()] },
        parts: [{ ...SOCKS, objects: ['socks.0', 'socks.1', 'socks.2', 'socks.0'], indexes: [1, 0, 1, 1] }],
        errors: ['no: _entities.1.size'],
        data: sizes,
      },
      ['no: socks.0.size', 'no: socks.2.size'],
    ],
    [
      'of an entity is at more than 10 places',
      {
        ...socks,
        merged: { socks: times(11, () => ({ size: null })) },
        parts: [{ ...SOCKS, objects: times(11, (index) => `socks.${index}`), indexes: times(11, () => 0) }],
        errors: ['no: _entities.0.size'],
        data: sizes,
      },
      times(11, (index) => `no: socks.${index}.size`),
    ],
    [
      'is at its data key, under the response name',
      {
        operation: ofSocks('_size_s1: size mate { _hue_s1: hue }'),
        merged: { socks: [{ _size_0: null, mate: { _hue_0: null } }, nulls()] },
        parts: [{ ...SOCKS, renamed: { _size_s1: '_size_0', _hue_s1: '_hue_0' } }],
        errors: ['no: _entities.0._size_s1', 'none: _entities.0.mate._hue_s1'],
        data: { _entities: [{ _size_s1: null, mate: { _hue_s1: null } }, {}] },
      },
      ['no: socks.0.size', 'none: socks.0.mate.hue'],
    ],
    [
      'is at what the lost object lacks where another subgraph sent the object',
      {
        ...box,
        merged: { box: { lid: { hue: null } } },
        errors: ['no: box.lid'],
        data: { box: { lid: null } },
      },
      ['no: box.lid.hue'],
    ],
    [
      'is at what the lost element of a list lacks where another subgraph sent the element',
      {
        operation: '{ socks { hue } }',
        parts: [ROOT],
        merged: { socks: [{ hue: null }, { hue: null }] },
        errors: ['no: socks.1'],
        data: { socks: [{}, null] },
      },
      ['no: socks.1.hue'],
    ],
    [
      'is at the field if the subgraph sent its object',
      {
        ...box,
        merged: { box: { lid: { hue: null } } },
        errors: ['no: box.lid'],
        data: { box: { lid: {} } },
      },
      ['no: box'],
    ],
    [
      'is at what the object lacks if the data ends before the field',
      { ...box, merged: { box: { lid: { hue: null } } }, errors: ['no: box.lid'], data: { box: null } },
      ['no: box.lid.hue'],
    ],
    [
      'is at all of its path below what is null for every subgraph',
      { ...box, merged: { box: null }, errors: ['no: box.lid.hue'], data: { box: null } },
      ['no: box.lid.hue'],
    ],
    [
      'is at what the object lacks if the data has the field by inheritance only',
      {
        operation: '{ box { constructor { hue } } }',
        parts: [ROOT],
        merged: { box: { constructor: { hue: null } } },
        errors: ['no: box.constructor'],
        data: { box: {} },
      },
      ['no: box.constructor.hue'],
    ],
    [
      'is at what the object lacks if the data has a string before the field',
      {
        operation: '{ box { length { hue } } }',
        parts: [ROOT],
        merged: { box: { length: { hue: null } } },
        errors: ['no: box.length'],
        data: { box: 'long' },
      },
      ['no: box.length.hue'],
    ],
    [
      'that no null shows is at its root field, under the response name',
      {
        operation: '{ _hat_s1: hat { brim } }',
        parts: [{ ...ROOT, renamed: { _hat_s1: '_hat_0' } }],
        merged: {},
        answer: '{"hat":null}',
        errors: ['no: _hat_s1.brim'],
        data: {},
      },
      ['no: hat'],
    ],
    [
      'that no null shows is at its root field',
      { ...box, merged: { lid: null }, answer: '{"box":null}', errors: ['no: box.lid'], data: {} },
      ['no: box'],
    ],
    [
      'that no null shows has no path if its root field was not requested',
      { ...box, merged: {}, answer: '{"hat":{}}', errors: ['no: hat.brim'], data: {} },
      ['no'],
    ],
    [
      'that no null shows is where its objects are, if these are below the root',
      { ...box, parts: [inBox], merged: { box: {} }, errors: ['no: box.lid'], data: {} },
      ['no: box'],
    ],
    [
      'of an entity that no null shows is where this entity is',
      {
        operation: TWO_ALIASES,
        parts: SOCK_AND_HAT,
        merged: { sock: {}, hat: {} },
        errors: ['no: b.0.size'],
        data: { b: [{}] },
      },
      ['no: hat'],
    ],
    [
      'of an entity that was not requested is where the entities are',
      { ...socks, merged: { socks: [nulls(), nulls()] }, errors: ['no: _entities.2.size'], data: sizes },
      ['no: socks'],
    ],
    [
      'of a whole entity is at all its fields, once',
      {
        ...socks,
        merged: { socks: [{ ...nulls(), brim: null }, nulls()] },
        errors: ['no: _entities.0'],
        data: { _entities: [null, {}] },
      },
      ['no: socks.0.size', 'no: socks.0.colour'],
    ],
  ])('%s', (_, given, errors) => {
    expect(answered(given)).toEqual(errors)
  })
})
