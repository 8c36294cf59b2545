// The estimate is held against counts of the o200k vocabulary, taken once and written down here.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { estimateTokens } from '../../src/core/token-estimate.ts'

/** Text and its count in o200k. */
const samples: Record<string, [text: string, tokens: number]> = {
  German: [
    'Die Geschwindigkeit, mit der das Sprachmodell antwortet, hängt von der Länge der Eingabe und der Auslastung des Anbieters ab. Überprüfen Sie bitte die Einstellungen für den Zugang und wählen Sie anschließend ein anderes Modell aus der Liste.',
    50,
  ],
  French: [
    "Les modèles de langage répondent à vos questions en quelques secondes, mais la qualité dépend de la façon dont vous les posez. N'hésitez pas à préciser le contexte et à vérifier les réponses données.",
    40,
  ],
  Russian: [
    'Языковая модель отвечает на вопросы пользователя, но качество ответа зависит от того, насколько подробно описана задача. Проверьте настройки и попробуйте ещё раз.',
    33,
  ],
  Chinese: [
    '语言模型可以回答用户的问题，但回答的质量取决于问题描述得是否清楚。请检查设置，然后再试一次。如果问题仍然存在，请联系管理员并提供日志。',
    39,
  ],
  Japanese: [
    '言語モデルはユーザーの質問に答えますが、回答の質は質問がどれだけ明確に説明されているかによって変わります。設定を確認して、もう一度お試しください。',
    50,
  ],
  Korean: [
    '언어 모델은 사용자의 질문에 답하지만, 답변의 품질은 질문이 얼마나 명확하게 설명되어 있는지에 따라 달라집니다. 설정을 확인하고 다시 시도하십시오.',
    43,
  ],
  Arabic: [
    'يجيب النموذج اللغوي عن أسئلة المستخدم، لكن جودة الإجابة تعتمد على مدى وضوح السؤال. تحقق من الإعدادات ثم حاول مرة أخرى.',
    33,
  ],
  Greek: [
    'Το γλωσσικό μοντέλο απαντά στις ερωτήσεις του χρήστη, αλλά η ποιότητα της απάντησης εξαρτάται από τη σαφήνεια της ερώτησης.',
    44,
  ],
  emoji: ['😀🚀🎉👍🔥💡❤️✅⚠️🧪'.repeat(5), 85],
  identifiers: ['filePath startLineNumberBaseZero endLineNumberBaseOne', 12],
}

describe('token estimate', () => {
  for (const [name, [text, tokens]] of Object.entries(samples)) {
    it(`is within -20 % and +45 % of a real vocabulary for ${name}`, () => {
      const ratio = estimateTokens(text) / tokens
      assert.ok(ratio >= 0.8 && ratio <= 1.45, `${estimateTokens(text)} for ${tokens}`)
    })
  }

  it('counts nothing for nothing and something for anything', () => {
    assert.equal(estimateTokens(''), 0)
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (text) => {
        // A lone blank belongs to the word that follows it, so all but that must cost something.
        if (!/^[ \t]$/.test(text)) assert.ok(estimateTokens(text) >= 1)
      }),
    )
  })

  it('never exceeds the bytes of the text, as no vocabulary does', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => estimateTokens(text) <= new TextEncoder().encode(text).length,
      ),
    )
  })

  it('hardly changes when a text is counted in two halves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (left, right) => {
        const apart = estimateTokens(left) + estimateTokens(right)
        assert.ok(Math.abs(estimateTokens(left + right) - apart) <= 4)
      }),
    )
  })
})
