import type { ExperimentText } from './english.ts';

/** The texts of the experiments in Chinese. */
export const chinese: Record<ExperimentText, string> = {
  title: '改变一处，观察结果',
  intro:
    '每个实验只改变本次预测的一项设置，权重和其他设置保持不变。论文中的数值来自按各项设置分别训练的模型，并在整个数据集上测得：单张图片无法重现这些数值，但可以看出差异从何而来。',
  inPaper: '论文中的对比：{source}',
  own: '（本模型）',

  poolerTitle: '同一 RoI 上的 RoIPool 与 RoIAlign',
  poolerIntro:
    '在已记录的候选框上重新运行两个分支，权重不变，只更换池化方法。该模型以 {own} 训练，因此其他方法给出的特征与训练时所见的略有不同。',
  poolerChoice: '池化方法',
  roiAlign: 'RoIAlign',
  roiWarp: 'RoIWarp',
  roiPool: 'RoIPool',
  roiPoolFloor: 'RoIPool（向下取整）',
  poolerRun: '以 {pooler} 预测',
  poolerBusy: '正在以 {pooler} 预测……',
  poolerFailed: '以 {pooler} 预测失败：{message}',
  poolerResult: '{pooler}：{name}，得分 {score}；掩膜 {n} 像素',
  poolerNoMask: '{pooler}：{name}，得分 {score}；没有掩膜',
  poolerAgree: '两个框的 IoU：{box}。两次池化的是同一候选框，所在层级为 {level}。',
  poolerAgreeMask:
    '两个框的 IoU：{box}；两个掩膜的 IoU：{mask}。两次池化的是同一候选框，所在层级为 {level}。',
  poolerTable: 'Mask R-CNN 论文表 2c 和 2d，ResNet-50，COCO mask AP',
  paperC4: 'C4，步长 16',
  paperC5: 'C5，步长 32',

  outputTitle: '同一 logit 上的 softmax 与 sigmoid',
  outputIntro:
    '用两种方式将所选 RoI 的掩膜 logit 变为掩膜：仅对{name}的通道取 sigmoid，或取 softmax，使所有类别在每个像素上相互竞争。',
  outputOneClass: '只有一个类别时，对类别取 softmax 处处为 1：掩膜就是整个框。',
  outputAgnostic: '该模型只预测一个与类别无关的掩膜，因此不存在竞争。',
  noMask: '该 RoI 没有掩膜。',
  sigmoid: 'sigmoid',
  softmax: 'softmax',
  outputResult: '{output}：{n} 像素',
  outputAgree: '两个掩膜的 IoU：{iou}。',
  outputTable: 'Mask R-CNN 论文表 2b，ResNet-50-C4，COCO mask AP',

  selectionTitle: 'NMS 阈值与候选框数量',
  selectionIntro: '每次改变都会用与预测相同的 NMS 从已记录的框中重新选择，网络不再运行。',
  rpnThreshold: '候选框的 NMS 阈值（预测时为 {usual}）',
  proposalCount: '候选框数量（预测时为 {usual}）',
  boxThreshold: '检测框的 NMS 阈值（预测时为 {usual}）',
  reset: '重置',
  proposalsOne:
    '从 {all} 个框中选出 1 个候选框，NMS 后剩余 {left} 个。与预测所得 {objects} 个检测框中的 {found} 个 IoU ≥ 0.5。',
  proposalsMany:
    '从 {all} 个框中选出 {n} 个候选框，NMS 后剩余 {left} 个。与预测所得 {objects} 个检测框中的 {found} 个 IoU ≥ 0.5。',
  detectionsCaption: '检测框：{kept} 个与预测相同，{added} 个为新增（红色），{lost} 个缺失（白色虚线）。',
  selectionNote:
    '检测框取决于候选框数量及其自身的阈值，均来自预测时使用的候选框：只有改变 RPN 阈值才会保留的框未经分类。得分为分类与边框回归分支的得分。',
  selectionRescored: '该模型随后还会按掩膜置信度重新打分，其中一些检测框可能因此低于得分阈值。',
  selectionUsual:
    'Faster R-CNN 对候选框取 0.7；预测时，Mask R-CNN 在 C4 结构下使用 300 个候选框，在 FPN 结构下使用 1,000 个。',
  selectionTable: 'Faster R-CNN 论文表 2，ZF 网络，PASCAL VOC 2007 mAP 与候选框数量',
  proposals: '候选框',
  withoutNms: '6,000，无 NMS',
};
