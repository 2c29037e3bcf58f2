// Tested in ../row.test.ts: the file has only types and names.

import type { Rating } from './review.ts'

export type Tone = 'good' | 'bad'

/** The tones of a review's sentences, in order. */
export const TONES: Record<Rating, readonly Tone[]> = {
  5: ['good'],
  4: ['good', 'good', 'bad'],
  3: ['bad', 'good'],
  2: ['bad', 'bad', 'good'],
  1: ['bad'],
}

export const TITLES: Record<Rating, readonly string[]> = {
  5: [
    'My feet say thank you',
    'Bought a second pair',
    'As good as socks get',
    'Worth every stitch',
    'Hello, {colour}',
    'The {name} lives up to its picture',
    'Favourites at once',
    'No complaints at all',
    'Perfect for {worn}',
    'I gave a pair away and regret it',
  ],
  4: [
    'Very good, nearly perfect',
    'Happy with these',
    'Good {pattern}, good fit',
    'Would buy again',
    'Solid {socks}',
    'Better than I expected',
    'Small niggle, great pair',
    'Just right for {worn}',
  ],
  3: [
    'Fine, not more',
    'Mixed feelings',
    'Nice look, middling fit',
    'They do the job',
    'In between',
    'Half convinced',
    'Good idea, uneven result',
  ],
  2: [
    'Hoped for more',
    'Not for {worn}',
    'Pretty but frail',
    'The fit lets it down',
    'A bit of a letdown',
    'Would not choose these again',
  ],
  1: [
    'Sent back',
    'Not good',
    'Wore out far too soon',
    'A waste of good {material}',
    'Very disappointed',
    'Never again',
  ],
}

export const OPENERS: Record<Rating, readonly string[]> = {
  5: [
    'I wore the {name} through {worn} and forgot I had anything on my feet.',
    'These are the best {socks} in my drawer.',
    'I reach for this pair first.',
    'I bought these for {worn} and could not be happier.',
    'Everything about this pair is right.',
    'Love at first wear.',
    'The {pattern} in {colour} is even nicer than on the picture.',
    'My third pair of the {name}, and not the last.',
    'I wish that all my socks were like these.',
    'Exactly what I had been looking for.',
  ],
  4: [
    'A very good pair for {worn}.',
    'I am happy with the {name}.',
    'Good {socks}, nearly without fault.',
    'The {pattern} looks lovely in {colour}.',
    'These did well during {worn}.',
    'A pleasant surprise.',
    'I would recommend these to most people.',
    'Well made and good to wear.',
  ],
  3: [
    'These are all right.',
    'I am of two minds about the {name}.',
    'Decent for {worn}, no more than that.',
    'Neither good nor bad.',
    'The {pattern} is pretty, the rest is ordinary.',
    'I expected a little more, though they are usable.',
    'An average pair.',
  ],
  2: [
    'I wanted to like the {name}.',
    'Not what I hoped for.',
    'These let me down during {worn}.',
    'I have stopped wearing them.',
    'The picture promised more.',
    'Below what I am used to.',
  ],
  1: [
    'A bad buy.',
    'These did not survive {worn}.',
    'I am sorry that I ordered the {name}.',
    'The worst {socks} I have had for years.',
    'Two wears and they were done.',
    'I cannot recommend these to anyone.',
  ],
}

/** Experience that an opinion is based on; says nothing about quality. */
export const EXPERIENCE: readonly string[] = [
  'Worn for {weeks} weeks, washed {washes} times.',
  'This is after {weeks} weeks and {washes} washes.',
  'Bought for {worn}; that was {weeks} weeks and {washes} washes ago.',
  'I have had them for {weeks} weeks, with {washes} washes in between.',
  '{weeks} weeks and {washes} washes in, this is what I think.',
  'I wrote this down after {washes} washes in {weeks} weeks.',
]

export const CLOSERS: Record<Rating, readonly string[]> = {
  5: [
    'I have ordered more.',
    'Highly recommended.',
    'My whole family wants a pair now.',
    'Do not change a thing.',
    'Next time I am taking another colour as well.',
    'Five stars without a second thought.',
    'I would give six.',
  ],
  4: [
    'I would buy them again.',
    'Recommended, with that small reservation.',
    'A keeper.',
    'Almost five stars.',
    'I am ordering another colour.',
  ],
  3: [
    'I might try another model.',
    'They will do.',
    'At a lower price I would be kinder.',
    'Fine as a spare pair.',
    'You could do worse.',
  ],
  2: [
    'I would not buy them again.',
    'They are gardening socks now.',
    'A pity.',
    'I hope for a better batch.',
  ],
  1: ['They went back.', 'Save your money.', 'I want my drawer space back.', 'Avoid.'],
}

/** Reviews that moderators reject: not about the socks. */
export const OFF_TOPIC = [
  'The courier left the parcel with a neighbour who was away.',
  'My voucher code did not work.',
  'Nobody answered the phone on Sunday.',
  'I typed the wrong address.',
]
