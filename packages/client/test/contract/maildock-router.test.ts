import type { AppRouter } from '@maildock/api'
import { expectTypeOf, test } from 'vitest'
import type { MaildockErrorShape, MaildockProcedures, MaildockRouter } from '../../src/maildock-router.ts'

/** What of a procedure reaches a client: its kind, its input, its output; of a subscription, its events. */
type ContractOf<T> = T extends { _def: { type: infer Kind; $types: { input: infer Input; output: infer Output } } }
  ? { kind: Kind; input: Input; output: Output extends AsyncIterable<infer Event> ? { events: Event } : Output }
  : { [K in keyof T]: ContractOf<T[K]> }

type Served = ContractOf<AppRouter['_def']['record']>
type Published = ContractOf<MaildockProcedures>

test('every procedure that is served is published, and none that is not', () => {
  expectTypeOf<Published>().toEqualTypeOf<Served>()
})

test('what is published may be used where what is served is expected, and the other way round', () => {
  expectTypeOf<Published>().toExtend<Served>()
  expectTypeOf<Served>().toExtend<Published>()
})

test('an error is served in the published shape', () => {
  type Shape = AppRouter['_def']['_config']['$types']['errorShape']
  expectTypeOf<Shape>().toExtend<MaildockErrorShape>()
  expectTypeOf<AppRouter['_def']['_config']['$types']['transformer']>().toEqualTypeOf<true>()
  expectTypeOf<MaildockRouter['_def']['_config']['$types']['transformer']>().toEqualTypeOf<true>()
})
