// Words of the supervision room.
type Words = Record<string, [string, string]>
export const CASE_KIND: Words = {
  hits: ['智能审核', 'rules'], tip: ['举报线索', 'tip'], inspection: ['监督检查', 'inspection'], self: ['自查自纠', 'own check'],
}
export const PROCEDURE: Words = { contract: ['协议处理', 'contract'], administrative: ['行政处罚', 'administrative'], referral: ['移送', 'referral'] }
export const HIT_STATE: Words = {
  open: ['待答复', 'open'], accepted: ['机构无异议', 'accepted'], appealed: ['机构有异议', 'disputed'], upheld: ['成立', 'upheld'], dropped: ['不成立', 'dropped'],
}
export const CASE_MONEY: Words = { recover: ['追回', 'recovered'], damages: ['违约金', 'damages'], paid: ['机构交回', 'paid in'], undo: ['冲正', 'undone'] }
export const NATURE: Words = { minor: ['轻微', 'minor'], general: ['一般违约', 'general'], serious: ['严重违约', 'serious'], fraud: ['骗取基金', 'fraud'] }
