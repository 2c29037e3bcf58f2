import type { Operation } from './requests.ts'

/** The operation of scenario 1: an answer of 80 to 90 KB, by 16 fetches in Apollo's own plan. */
export const storefront: Operation = {
  query: `query Storefront {
  members {
    id
    name
    handle
    reviews {
      ...ReviewFields
      product {
        ...ProductFields
        reviews {
          ...ReviewFields
          author {
            ...MemberFields
            reviews { id stars product { ...ProductFields reviews { id author { handle } } } }
          }
        }
      }
    }
  }
  topProducts {
    ...ProductFields
    position
    reviews {
      ...ReviewFields
      author {
        ...MemberFields
        reviews { ...ReviewFields product { ...ProductFields reviews { id author { handle } } } }
      }
    }
  }
}
fragment MemberFields on Member { id name handle joined country }
fragment ReviewFields on Review { id stars text }
fragment ProductFields on Product { id title price grams colours stock { available warehouse restockDays } deliveryCost }
`,
}
