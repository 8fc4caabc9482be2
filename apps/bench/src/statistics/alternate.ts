/** One side of a comparison: measures once. */
export type Side = () => Promise<number>

/**
 * Measures several sides in turn, A B C A B C, so that what changes on the machine in the meantime meets all of them alike.
 * @returns the samples of each side, one a round
 */
export async function alternate<K extends string>(sides: Readonly<Record<K, Side>>, rounds: number): Promise<Record<K, number[]>> {
  const names = Object.keys(sides) as K[]
  const samples = Object.fromEntries(names.map((name): [K, number[]] => [name, []])) as Record<K, number[]>
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) samples[name].push(await sides[name]())
  }
  return samples
}
