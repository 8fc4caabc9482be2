import type { Charset } from './charsets.ts'
import { createRandom, type Random } from './random.ts'

type Script = 'english' | 'western' | 'russian' | 'japanese'

/** What people write in a charset. Only characters the charset has. */
const SCRIPT_OF: Readonly<Record<Charset, Script>> = {
  'utf-8': 'western',
  'us-ascii': 'english',
  'iso-8859-1': 'western',
  'windows-1252': 'western',
  'koi8-r': 'russian',
  shift_jis: 'japanese',
}

const WORDS: Readonly<Record<Script, readonly [string, ...string[]]>> = {
  english: words(
    'invoice meeting please find attached the report for next week we would like to confirm your order before Friday thank you best regards team project update schedule delivery contract budget review changes draft final version customer question answer deadline travel hotel booking number address phone office ticket release plan',
  ),
  western: words(
    'für können möchten Grüße Straße Übergabe nächste größer schön Änderung Prüfung Büro über Rückmeldung déjà réunion équipe février créé à bientôt où être naïve façon garçon señor mañana año próximo información reunión corazón løsning på første møde também não ação amanhã però città perché più the and with from this that will have been',
  ),
  russian: words(
    'договор встреча пожалуйста отчет неделя подтвердить заказ пятница спасибо уважением команда проект обновление расписание доставка бюджет проверка изменения черновик окончательная версия клиент вопрос ответ срок поездка гостиница номер адрес телефон офис билет выпуск план',
  ),
  japanese: words(
    '会議 資料 確認 お願い します 来週 金曜日 注文 配達 契約 予算 変更 下書き 最終版 お客様 質問 回答 締切 出張 予約 番号 住所 電話 事務所 計画 ありがとう ございます よろしく 添付 報告 について から まで です ました ください',
  ),
}

const PARAGRAPHS = 120
const PROSE_SEED = 20_260_101
const paragraphs = new Map<Script, readonly [string, ...string[]]>()

/** Text of so many characters, in lines of mail: paragraphs out of a pool, which no two messages order alike. */
export function writeProse(random: Random, charset: Charset, characters: number): string {
  const pool = paragraphsOf(SCRIPT_OF[charset])
  const chosen: string[] = []
  for (let length = 0; length < characters;) {
    const paragraph = random.pick(pool)
    chosen.push(paragraph)
    length += paragraph.length + 4
  }
  return chosen.join('\r\n\r\n').slice(0, characters).trimEnd()
}

/** A few words, for a subject or a name. */
export function writePhrase(random: Random, charset: Charset, count: number): string {
  return Array.from({ length: count }, () => random.pick(WORDS[SCRIPT_OF[charset]])).join(' ')
}

function paragraphsOf(script: Script): readonly [string, ...string[]] {
  const known = paragraphs.get(script)
  if (known !== undefined) return known
  const random = createRandom(PROSE_SEED, Object.keys(WORDS).indexOf(script))
  const write = (): string => foldLines(Array.from({ length: 15 + random.below(60) }, () => random.pick(WORDS[script])))
  const made = [write(), ...Array.from({ length: PARAGRAPHS - 1 }, write)] as const
  paragraphs.set(script, [...made])
  return [...made]
}

function foldLines(all: readonly string[]): string {
  const lines: string[] = []
  let line = ''
  for (const word of all) {
    if (line.length + word.length > 71) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\r\n')
}

function words(text: string): readonly [string, ...string[]] {
  const [first = '', ...others] = text.split(' ')
  return [first, ...others]
}
