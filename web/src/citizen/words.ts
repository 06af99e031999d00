// Words of states and kinds that several citizen pages show.
import { t } from '../shared/look'

const REPORT: Record<string, [string, string]> = {
  received: ['已收到，待决定是否受理', 'received'],
  accepted: ['已受理，正在核查', 'accepted, being looked into'],
  refused: ['不予受理', 'not accepted'],
  checking: ['已并入案件核查', 'part of a case'],
  confirmed: ['查实，正在办理奖励', 'confirmed, the reward is being settled'],
  unfounded: ['查无实据', 'nothing found'],
  rewarded: ['已办结，奖励已批准', 'closed, reward granted'],
  waived: ['已办结，不予奖励', 'closed, no reward'],
}
export const reportState = (s: string): string => (REPORT[s] ? t(...REPORT[s]) : s)
