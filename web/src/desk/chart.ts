// A chart in a box: drawn anew when its figures, the language or light and dark change, and fitted to the window.
import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'
import { init, use, type ECharts, type EChartsCoreOption } from 'echarts/core'
import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { CanvasRenderer } from 'echarts/renderers'
import { look, t, yuan } from '../shared/look'

use([LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

/** A colour of tokens.css, as it is now. */
export const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
export const axis = () => ({ axisLine: { lineStyle: { color: css('--edge') } }, axisLabel: { color: css('--soft'), hideOverlap: true }, splitLine: { lineStyle: { color: css('--line') } }, nameTextStyle: { color: css('--soft'), align: 'left' as const } })
export const tip = (shown: (v: unknown) => string) => ({ trigger: 'axis', valueFormatter: shown, backgroundColor: css('--sheet'), borderColor: css('--edge'), textStyle: { color: css('--ink') } })

/** What funds pay over a bill's cost, in yuan on both sides. */
export const overCost = () => ({
  tooltip: tip((v) => `${yuan(Math.round(Number(v) * 100))} ${t('元', 'yuan')}`),
  xAxis: { type: 'value', name: t('政策范围内费用（元）', 'in-scope cost (yuan)'), nameLocation: 'middle', nameGap: 28, ...axis(), nameTextStyle: { color: css('--soft') }, axisLabel: { color: css('--soft') } },
  yAxis: { type: 'value', name: t('基金支付（元，记账）', 'funds pay (yuan, booked)'), ...axis(), axisLabel: { color: css('--soft') } },
})

/** Draws option() into the element that takes the ref; figures: what it is drawn from. */
export function useChart(option: () => EChartsCoreOption, figures: () => unknown[]): Ref<HTMLElement | undefined> {
  const box = ref<HTMLElement>()
  let chart: ECharts | undefined
  const draw = (): void => chart?.setOption({ animation: false, textStyle: { fontFamily: 'inherit' }, ...option() }, true)
  const resize = (): void => chart?.resize()
  const mode = new MutationObserver(draw) // light or dark, however it was turned
  onMounted(() => {
    chart = init(box.value!)
    draw()
    addEventListener('resize', resize)
    mode.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] })
  })
  onBeforeUnmount(() => {
    removeEventListener('resize', resize)
    mode.disconnect()
    chart?.dispose()
  })
  watch(() => [...figures(), look.lang], draw)
  return box
}
