import type { TextKey } from './text-en.ts';

/** The report in Chinese. */
export const chinese: Record<TextKey, string> = {
  language: 'zh-CN',
  title: '图解 Mask R-CNN：{file}',
  lede: '{model}（{backbone}，{structure}）在这张 {width} × {height} 像素的图片中检测到{count}。本页按顺序展示图片经过的每个阶段；所有数值都是模型推理时的真实记录。',
  objectsNone: ' 0 个目标',
  objectsOne: ' 1 个目标',
  objectsMany: ' {n} 个目标',
  legend: '颜色图例',
  anchor: '锚框（anchor）',
  proposal: '候选框（来自 RPN）',
  finalBox: '最终边界框（来自分类与边框回归分支）',
  maskColour: '掩膜（掩码，mask）',
  contents: '目录',
  noMaskBranch:
    '这个模型是 Faster R-CNN，没有 Mask 分支，因此没有可展示的掩膜；Mask R-CNN 在这一步的做法仅用文字说明。',
  noMaskButKeypoints:
    '这个模型是 Keypoint R-CNN，以预测 {n} 个关键点的分支代替了 Mask 分支，因此没有可展示的掩膜；Mask R-CNN 在这一步的做法仅用文字说明。',
  noDetection: '图中没有得分不低于 {score} 的目标，因此没有边界框进入 Mask 分支；这一步的做法仅用文字说明。',
  noProposal: 'RPN 在这张图片中没有给出候选框，因此没有可展示的感兴趣区域（RoI）。',
  followsInstance:
    '涉及单个感兴趣区域（RoI）的步骤，均以第 {n} 个目标为例：{name}，得分 {score}，已在图中标出。',
  followsProposal:
    '没有检测到目标，因此涉及单个感兴趣区域（RoI）的步骤，均以 RPN 得分最高的候选框为例，说明它为什么没有被判定为目标。',
  followsChosen:
    '涉及单个感兴趣区域（RoI）的步骤，均以所选的第 {n} 个候选框为例；它没有成为检测结果，这里的掩膜是把它送入 Mask 分支所得到的输出。',
  followsRescored:
    '所有检测结果按掩膜重新打分后得分都低于 {threshold}。涉及单个感兴趣区域（RoI）的步骤，均以类别得分最高的检测结果为例。',
  fateRescored: '它以这一类别得分被检测到，但掩膜置信度不高：重新打分后低于阈值。',
  emptyBox: '经过边框回归之后，这个 RoI 完全落在图像之外，因此没有可展示的掩膜。',
  fateSuppressed: '在 NMS 中，第 {n} 个目标得分更高且与它重叠，它被该目标抑制。',
  fateDropped: '它的得分高于阈值，但因超出检测数量上限或尺寸过小而被舍弃。',
  fateDroppedOrRescored:
    '它的得分高于阈值，但因超出检测数量上限、尺寸过小，或被同一目标的更好的检测结果抑制（后者按掩膜重新打分后低于阈值）而被舍弃。',

  s1: '整体框架',
  s1a: 'Mask R-CNN = Faster R-CNN + FCN：在预测类别和边界框的分支之外，并联一个预测掩膜的分支。',
  s1b: '这个框架易于扩展：再并联一个分支即可预测人体关键点，其余部分无需改动。',
  resultCaption: '结果：每个实例的类别、得分、边界框和掩膜。',
  resultCaptionNoMask: '结果：每个实例的类别、得分和边界框。',
  keypointsToo: '{n} 个关键点中很可能可见的也已画出。',
  number: '序号',
  className: '类别',
  score: '得分',
  boxHeading: '边界框 x1, y1, x2, y2（原图像素）',
  maskPixels: '掩膜（像素）',
  moreRows: '……另有 {n} 个',

  s2: '整体流程',
  s2a: '图片经骨干网络提取特征图，RPN 在特征图上生成候选框，{pooler} 将每个候选框对应的特征统一为固定尺寸。',
  s2b: '随后，分支①（分类与边框回归分支）输出类别和边界框，分支②（Mask 分支）输出掩膜；两个分支之前的部分与 Faster R-CNN 相同（Faster R-CNN 用 RoIPool 池化）。',
  flowPicture: '图片',
  flowBackbone: '骨干网络',
  flowBackboneFpn: '骨干网络 + FPN',
  flowRpn: 'RPN',
  flowProposals: '候选框',
  flowShared: 'res5（共用）',
  flowBox: '① 分类与边框回归分支',
  flowDetections: '检测结果',
  flowMask: '② Mask 分支',
  flowBack: '推理时使用最终边界框',
  flowAnchors: '{n} 个锚框',
  flowKept: '{n} 个框',

  input: '输入',
  inputA: '图片按比例缩放，使短边符合模型的设置；像素值做标准化；右侧和下侧用 0 填充到 32 的倍数。',
  inputB:
    'R、G、B 三个通道的像素值分别变为 (v / 255 − 均值) / 标准差；边界框在缩放后的图片坐标系中计算，最后再换算回原图。',
  inputCaption: '网络输入：缩放后的图片；斜线部分为填充区域。',
  original: '原图',
  resized: '缩放后',
  padded: '填充后',
  scale: '缩放比例 x, y',
  mean: '均值',
  std: '标准差',
  range: '标准化后的取值范围',

  features: '骨干网络与特征图',
  featuresA:
    '骨干网络逐级下采样，每级尺寸减半；特征金字塔网络（FPN）将高层语义信息融合到高分辨率的低层特征图，使各种大小的目标都有合适的特征图。',
  featuresLastTwo:
    '骨干网络逐级下采样，每级尺寸减半；特征金字塔网络（FPN）建立在最后两张特征图上，二者步长均为 32，因此全部 RoI 都在同一张特征图上池化。',
  featuresC4:
    '骨干网络下采样四次，每次尺寸减半，到第四阶段为止，没有特征金字塔。RPN 和 RoI 都使用 C4 这一张特征图，ResNet 的最后一个阶段 res5 用于处理 RoI 特征。',
  featuresC5:
    '骨干网络下采样五次，每次尺寸减半，没有特征金字塔。RPN 和 RoI 都使用 C5 这一张特征图，步长为 32。',
  featuresDc5:
    '骨干网络下采样四次，每次尺寸减半；最后一个阶段用空洞卷积保持分辨率，没有特征金字塔。RPN 和 RoI 都使用 C5 这一张特征图。',
  featuresB:
    '图中每个特征像素显示各通道 |激活值| 的平均；比周围明显更亮或更暗的地方，就是网络区分出来的内容。',
  featureCaption: '{level}：{columns} × {rows} × {channels}，步长 {stride}；{low} … {high}',

  rpn: 'RPN：目标性得分（objectness）与锚框',
  rpnA: '每张特征图的每个位置上都设有若干锚框，尺寸和形状见下表；一个小网络预测每个锚框的目标性得分（含有目标的概率），以及相应的边框回归偏移量。',
  rpnTraining:
    '训练时，锚框与某个目标的 IoU 不低于 {foreground}，或没有其他锚框与该目标重叠更多，则为正样本；与所有目标的 IoU 都低于 {background}，则为负样本；介于两者之间的被忽略。每张图片最多采样 {batch} 个锚框，其中正样本的比例不超过 {fraction}%：目标性得分用全部样本训练，偏移量只用正样本训练。',
  rpnB: '热图显示每个位置上各锚框的最高目标性得分，从暗（0）到亮（1）；图片中画出了每个层级在一个位置上的全部锚框。',
  rpnCaption: '{level}：最高 {high}',
  anchorsCaption: '每个层级在一个位置上的锚框，位于示例 RoI 附近。',
  level: '层级',
  grid: '网格',
  stride: '步长',
  anchorSizes: '锚框（像素）',
  anchorCount: '锚框数',

  proposals: '候选框：NMS 之前与之后',
  proposalsA:
    '每个层级取得分最高的锚框（最多 {perLevel} 个），经偏移修正后裁剪到图像范围内；与同一层上得分更高的框 IoU 超过 {nms} 的框由 NMS 去除。',
  proposalsB:
    '余下的框中，得分最高的（最多 {limit} 个）即为候选框：进入 {before} 个，保留 {after} 个。每个目标对应许多候选框，且都不够精确。',
  beforeCaption: 'NMS 之前：{n} 个中得分最高的 {shown} 个。',
  levelColours: '颜色表示层级。',
  afterCaption: 'NMS 之后：{n} 个中得分最高的 {shown} 个。',
  candidates: '得分最高的锚框',
  afterNms: 'NMS 之后',
  selected: '候选框',

  levels: '每个 RoI 所属的层级',
  levelsA:
    '大 RoI 在低分辨率层上池化，小 RoI 在高分辨率层上池化：层级 = ⌊4 + log₂(√面积 / {canonical})⌋，限制在 2 到 5 之间。',
  levelsB:
    '示例 RoI 为 {width} × {height} 像素：√面积 = {side}，4 + log₂({side} / {canonical}) = {exact}，因此在 {level} 上池化。',
  pooledFrom: '在该层池化的 RoI',

  align: '{pooler}：统一为固定尺寸',
  oneMap: '全部 RoI 都在 {level} 上池化。',
  alignA: '候选框在 {level} 上的坐标为 {x1}, {y1}, {x2}, {y2}（原坐标除以 {stride}）。',
  howRoiAlign: '全程不取整：它被划分为 {n} × {n} 个单元格（bin），每个单元格为 {binX} × {binY} 个特征像素。',
  howRoiWarp:
    'RoIWarp 将角点取整到特征像素：{qx1}, {qy1}, {qx2}, {qy2}，再划分为 {n} × {n} 个单元格（bin），每个单元格为 {binX} × {binY} 个特征像素。',
  howRoiPool:
    'RoIPool 取整两次。第一次是角点，取最近的特征像素，两端都包含在内：第 {qx1} 到 {lastX} 列，第 {qy1} 到 {lastY} 行。第二次是单元格（bin）：{width} / {n} = {binX} 列、{height} / {n} = {binY} 行都要取整，因此相邻单元格可能共用像素。',
  howRoiPoolFloor:
    'RoIPool 向下取整两次。第一次是角点：从第 {qx1} 列起共 {width} 列，从第 {qy1} 行起共 {height} 行。第二次是单元格（bin）：每个单元格 {width} / {n} = {binX} → {wholeX} 列、{height} / {n} = {binY} → {wholeY} 行，因此丢失 {droppedX} 列和 {droppedY} 行。',
  takesMean:
    '每个单元格内用双线性插值采样 {across} × {down} 个点，以平均值作为该单元格的值；附录对比了各种池化方式。',
  takesLargestSample:
    '每个单元格内用双线性插值采样 {across} × {down} 个点，以最大值作为该单元格的值；附录对比了各种池化方式。',
  takesLargest: '每个单元格取其中特征像素的最大值，不含像素的单元格为 0；附录对比了各种池化方式。',
  alignCaption: '{level} 第 {channel} 通道，候选框附近：单元格与采样点。',
  binsCaption: '{level} 第 {channel} 通道，候选框（虚线）附近：取整后的特征像素与单元格。',
  alignedCaption: '{pooler} 之后：同一通道的 {n} × {n}。',

  branch: '分支①：分类与边框回归',
  branchA:
    '由 {n} × {n} × {channels} 的特征，分支预测每个类别（包括背景）的得分，并为每个类别单独预测边框的回归偏移量。',
  branchRes5:
    '特征先经过 ResNet 的最后一个阶段 res5，变为 {side} × {side} × {channels}，再经全局平均池化送入两个预测层。',
  branchShared: 'Mask 分支使用同一个 res5，权重共享。',
  branchB:
    '这里的预测是{name}，得分 {score}；候选框的回归偏移量为 dx = {dx}，dy = {dy}，dw = {dw}，dh = {dh}（再分别除以 {wx}、{wy}、{ww}、{wh}），修正前后的 IoU 为 {iou}。',
  branchBackground:
    '这里的预测是背景，得分 {background}；{name}只有 {score}，低于阈值 {threshold}，因此这个候选框没有被判定为目标。',
  branchBelowThreshold:
    '得分最高的类别是{name}，得分 {score}，低于阈值 {threshold}，因此这个候选框没有成为检测结果（背景的得分为 {background}）。',
  scoresCaption: '这个候选框的类别得分，总和为 1。',
  refineCaption: '锚框（虚线）→ 候选框 → 最终边界框。',
  nmsNote:
    '整张图片有 {candidates} 对（候选框，类别）得分高于 {score}；经逐类别 NMS（IoU 阈值 {nms}）后保留 {kept} 个。',
  nmsNoteSmaller:
    '整张图片有 {candidates} 对（候选框，类别）得分高于 {score}；经逐类别 NMS（较小的框被覆盖的比例超过 {nms} 即去除）后保留 {kept} 个。',
  rivals: '对于这个目标，另有 {n} 个候选框被它抑制（NMS）。',
  background: '背景',
  otherClasses: '其余 {n} 类合计',
  anchorBox: '锚框',
  anchorLogit: '目标性得分：logit → 概率',
  anchorDeltas: 'RPN 回归偏移量 dx, dy, dw, dh',
  proposalBox: '候选框',
  refinedBox: '最终边界框',
  proposalRank: '在候选框中的排名（锚框所在层级）',

  s3: 'Mask 分支',
  s3Fcn:
    'Mask 分支是一个 FCN：{pooler} 输出 {n} × {n}，经过若干卷积层，再用一个转置卷积把尺寸加倍到 {side} × {side}。',
  s3Mlp:
    '这个模型的 Mask 分支不是 FCN，而是全连接层：{pooler} 输出 {n} × {n}，展平为一个向量，经过单元数为 {layers} 的全连接层，输出个数等于掩膜的像素数 {side} × {side}。',
  s3FcnShared:
    'Mask 分支是一个 FCN：{pooler} 输出 {n} × {n}，经过与分类与边框回归分支共用的 ResNet 最后一个阶段 res5（{half} × {half} × {channels}），再用一个转置卷积把尺寸加倍到 {side} × {side}。',
  s3MlpShared:
    '这个模型的 Mask 分支不是 FCN：{pooler} 输出 {n} × {n}，经过与分类与边框回归分支共用的 ResNet 最后一个阶段 res5（{half} × {half} × {channels}），再经过单元数为 {layers} 的全连接层，输出个数等于掩膜的像素数 {side} × {side}。',
  outputsSigmoid: '每个类别输出一张掩膜，不含背景。',
  outputsSoftmax: '每个类别输出一张图，背景也有一张。',
  outputsAgnostic: '不区分类别，只输出一张掩膜。',
  s3b: '卷积保留了每个像素的空间位置，而全连接层会丢失位置信息：论文中用全连接层为 31.5 AP，用 FCN 为 33.6 AP。',
  s3bMlp: '全连接层会丢失每个像素的空间位置，FCN 则予以保留：论文中用全连接层为 31.5 AP，用 FCN 为 33.6 AP。',
  convolutions: '3×3 卷积',
  fullyConnected: '全连接',
  deconvolution: '2×2 转置卷积',
  output: '输出',
  maskAlignCaption: '最终边界框在 {level} 上：{n} × {n} 个单元格。Mask 分支会对它重新池化一次。',
  maskAlignedCaption: '{pooler} 之后：{n} × {n}。',
  maskLogitsCaption: '通道“{name}”的输出：logits {low} … {high}。',

  keypoints: '关键点分支',
  keypointsA: '关键点分支使用同样的边界框，为 {n} 个关键点各输出一张热图，相当于只有一个像素为真的掩膜。',
  keypointsB:
    '训练时在一张热图的全部像素上做 softmax，因为其中只有一个像素是关键点，所以是像素之间相互竞争。预测时把热图缩放到边界框的大小，最大值的位置就是关键点（圆圈）。',
  keypointsCaption: '{name}：{score}',
  keypointsScores:
    '在这些 {side} × {side} 的热图中，logit 最高处最亮，比最高值低 {depth} 及以上的最暗；数字是关键点处的 logit。',

  s4: '创新点：解耦',
  s4a: 'FCN 在每个像素上对所有类别做 softmax：一个类别的得分高，就会压低其他类别，类别之间相互竞争（耦合），影响分割效果。',
  s4b: '这里分类与边框回归分支已经给出了类别，因此只取该类别的掩膜，逐像素经过 sigmoid，不存在竞争：这就是类别与掩膜的解耦。',
  s4Softmax:
    '这个模型正是这种耦合的形式：softmax 把每个像素的概率分配给各个类别和背景，掩膜就是预测类别所得的概率。若采用解耦，则只取该类别的通道，逐像素经过 sigmoid，不存在竞争。',
  s4Agnostic:
    '这个模型把类别与掩膜完全解耦：类别由分类与边框回归分支给出，Mask 分支不区分类别，只输出一张掩膜，逐像素经过 sigmoid。论文中这种掩膜为 29.7 AP，每个类别一张为 30.3 AP（ResNet-50-C4）。',
  chosenLogits: '{name}（选用通道）：{low} … {high}',
  onlyLogits: '唯一的通道：{low} … {high}',
  otherLogits: '{name}：{low} … {high}',
  sigmoidCaption: '对选用通道做 sigmoid：{all} 个像素中有 {n} 个高于 0.5。',
  softmaxCaption: '若在 {classes} 个类别之间做 softmax：{all} 个像素中有 {n} 个高于 0.5。',
  softmaxOfOne: '若在仅有的一个类别上做 softmax：{all} 个像素中有 {n} 个高于 0.5。',
  softmaxTaken:
    '在背景与 {classes} 个类别之间做 softmax，选用类别所占的概率：{all} 个像素中有 {n} 个高于 0.5。',
  sigmoidOtherwise: '若只对这一通道做 sigmoid：{all} 个像素中有 {n} 个高于 0.5。',
  oneClass:
    '这个模型只有一个类别，在类别之间做 softmax 结果处处为 1，无法得到掩膜：只有一个类别时，只能用 sigmoid 得到形状。类别多时，每个像素上各类别的概率之和必须为 1。',
  manyClasses:
    '其他通道从未用这一类目标训练过，它们在这里的输出没有受过约束；softmax 却会让它们参与竞争并夺走像素。',
  coupledClasses:
    '各通道是在相互竞争中训练出来的，因此每个通道都起作用：其他通道的概率之和更大的地方，就失去这个像素。sigmoid 不考虑其他通道，而这个模型并不是这样训练的。',
  backgroundChannel: '模型文件中也有背景通道，但它既不参与训练也不参与推理，这里不计。',
  paperSigmoid: '论文的对比（表 2b，ResNet-50-C4，COCO mask AP）',
  softmax: 'softmax',
  sigmoid: 'sigmoid',

  s5: '头部的两种结构',
  s5a: '结构一用于不带 FPN 的 ResNet：在 C4 上只有一个 RoI 池化层，两个分支共用；结构二带有特征金字塔网络（FPN），两个分支各有自己的 RoI 池化层，掩膜能保留更多细节。',
  ownFpn: '这个模型是结构二：分类与边框回归分支为 {box} × {box}。',
  ownLastTwo:
    '这个模型是结构二，建立在骨干网络的最后两张特征图上，步长均为 32：分类与边框回归分支为 {box} × {box}。',
  ownC4:
    '这个模型是结构一：在 C4 上池化为 {box} × {box}，经 res5 变为 {shared} × {shared}。论文的图从 7 × 7 开始，并让 res5 保持尺寸不变，论文说明这是为了简化。',
  ownC5:
    '这个模型介于两者之间：没有特征金字塔，只有一张步长为 32 的特征图 C5；头部与结构二相同，分类与边框回归分支为 {box} × {box}。',
  ownDc5:
    '这个模型介于两者之间：没有特征金字塔，只有一张特征图 C5，用空洞卷积保持步长 16；头部与结构二相同，分类与边框回归分支为 {box} × {box}。',
  ownMask: 'Mask 分支单独池化 RoI，尺寸为 {mask} × {mask}。',
  ownMaskShared: '两个分支各自的 RoI 特征都经过 res5 处理。',
  ownNoMask: '它没有 Mask 分支。',
  s5c: '一般建议采用结构二，因为 FPN 对小目标有帮助：论文中不带 FPN 为 30.3 AP，带 FPN 为 33.6 AP（ResNet-50）。',
  s5Figure: '两张图来自论文，对应 ResNet-50 和 80 个类别；本模型自己的尺寸见第 2 节的图。',
  structureC4: '结构一：C4',
  structureFpn: '结构二：FPN',
  own: '（本模型）',
  average: '平均池化',
  classBox: '类别、边框',
  maskWord: '掩膜',

  s6: '损失',
  s6a: 'L = L_rpn + L_fast_rcnn + L_mask。计算 L_mask 时，由真实类别从 {side} × {side} 的 logits 中选出一个通道；真实掩膜按候选框裁剪并缩放到 {side} × {side}；两者逐像素计算交叉熵。',
  s6Softmax:
    'L = L_rpn + L_fast_rcnn + L_mask。计算 L_mask 时，真实掩膜按候选框裁剪并缩放到 {side} × {side}，与全部类别 {side} × {side} 的 logits 计算 softmax 交叉熵：掩膜内部的像素应属于真实类别，外部的像素应属于背景。',
  s6Agnostic:
    'L = L_rpn + L_fast_rcnn + L_mask。计算 L_mask 时，真实掩膜按候选框裁剪并缩放到 {side} × {side}，不区分类别，与唯一通道的 {side} × {side} logits 逐像素计算交叉熵。',
  s6b: '训练时的候选框来自 RPN：它们不够精确，且每个目标对应多个候选框，相当于随机裁剪，起到数据增强的作用。',
  lossAsIf: '这张图片没有标注真值（GT），此处暂以预测的掩膜代替：如果它就是真值，训练时会得到下面的数值。',
  lossTrue:
    '这张图片提供了标注：该候选框与一个真实目标的 IoU 为 {overlap}，不低于 {foreground}，因此用该目标的掩膜训练 Mask 分支。',
  lossUnmatched:
    '这张图片提供了标注，但该候选框与真实目标的 IoU 未达到 {foreground}（{overlap}），因此没有掩膜真值；此处暂以预测的掩膜代替。',
  sampled:
    '训练时从候选框和真实框（{objects} 个）中最多采样 {batch} 个：与真实框 IoU 不低于 {foreground} 的为正样本，占比不超过 {fraction}%，其余为负样本。这里采样了 {positives} 个正样本、{negatives} 个负样本。',
  sampledCaption: '采样结果：正样本（橙色）与负样本（灰色细线）；虚线为真实框。',
  cropsCaption: '被判定为这个目标的候选框：{n} 个。训练时每个候选框都会裁剪出各自的掩膜真值。',
  targetCaption: '掩膜真值：按候选框裁剪的掩膜，内部为 1，外部为 0。',
  proposalLogitsCaption: '分支对该候选框输出的 logits：{low} … {high}。',
  lossNumbers: '通道“{name}”上 {n} 个像素的平均二元交叉熵：这个 RoI 的 L_mask = {loss}。其他通道不参与计算。',
  lossNumbersSoftmax:
    '{n} 个像素的平均交叉熵，内部应为“{name}”，外部应为背景：这个 RoI 的 L_mask = {loss}。其他通道也参与计算：它们所占的概率越大，正确类别的概率就越小。',
  lossNumbersAgnostic: '唯一通道上 {n} 个像素的平均二元交叉熵：这个 RoI 的 L_mask = {loss}。',

  lossesTitle: '这个 RoI 的 L_rpn 和 L_fast_rcnn',
  lossesA:
    'L_rpn 和 L_fast_rcnn 都由分类损失和边框损失组成，加上 L_mask 共有五项损失。下面只是示例 RoI 的各项；训练时对采样的锚框和 RoI 取平均。',
  lossesTrue: '真值（GT）取与锚框（或候选框）重叠最多的标注目标。',
  lossesAsIf: '这张图片没有标注，此处以最终边界框及其类别代替真值（GT）。',
  lossesPositive:
    'L_rpn 的目标性得分项：锚框的 IoU 为 {overlap}，是正样本；其 logit {logit} 与 1 的二元交叉熵为 {loss}。',
  lossesNegative:
    'L_rpn 的目标性得分项：锚框的 IoU 为 {overlap}，低于 {background}，是负样本；其 logit {logit} 与 0 的二元交叉熵为 {loss}；没有边框损失。',
  lossesIgnored:
    'L_rpn：锚框的 IoU 为 {overlap}，介于 {background} 与 {foreground} 之间，且另有锚框与目标重叠更多，训练时被忽略。',
  lossesClass: 'L_fast_rcnn 的分类项：{name}的得分为 {score}，其负对数为 {loss}。',
  lossesBox:
    '边框损失用 smooth L1 比较预测的偏移量与指向真值框的偏移量：差值不超过 1/9 时为二次函数，超过时为线性函数。',
  lossesRpnTarget: 'L_rpn：目标值',
  lossesRpnPredicted: 'L_rpn：预测值',
  lossesBoxTarget: 'L_fast_rcnn：目标值',
  lossesBoxPredicted: 'L_fast_rcnn：预测值',
  lossesSmoothL1: 'smooth L1 之和',
  lossesSum: '合计：L_rpn {rpn} + L_fast_rcnn {box} = {total}。',
  lossesSumMask: '合计：L_rpn {rpn} + L_fast_rcnn {box} + L_mask {mask} = {total}。',

  s7: '预测过程',
  s7a: '预测时，Mask 分支的输入是分类与边框回归分支（即 Fast R-CNN 分支）输出的边界框，每个目标通常只有一个更准确的框，而不是候选框。',
  s7b: '输出的单通道 {side} × {side} 掩膜缩放到边界框的大小，放到图片中的对应位置，再以 0.5 为阈值二值化：高于阈值为前景，低于阈值为背景。',
  s7c: '该模型还会按掩膜置信度重新打分：高于 0.5 的像素的平均概率为 {certainty}，与类别得分相乘，由 {before} 变为 {after}。',
  s7cDropped:
    '该模型还会按掩膜置信度重新打分：高于 0.5 的像素的平均概率为 {certainty}，与类别得分相乘，由 {before} 变为 {after}，低于阈值 {threshold}，因此不出现在预测结果中。',
  stepMask: '{side} × {side} 的概率图',
  stepResized: '缩放到边界框：{width} × {height} 像素',
  stepThreshold: '高于 0.5',
  stepPasted: '贴回图片：{n} 像素',
  boxInOriginal: '原图中的边界框',

  s8: '附录：RoIPool 与 RoIAlign',
  s8a: 'RoIPool 的目的是统一为固定尺寸。8 × 8 划分为 2 × 2 恰好整除；9 × 9 则不能，单元格（bin）大小不等：有的包含 16 个像素，有的包含 20 或 25 个。',
  s8b: 'RoIPool 做了两次量化：边界框取整一次，单元格再取整一次。RoIAlign 两次都不取整：保留小数坐标，用插值取值。RoIWarp 介于两者之间：边界框取整，框内用插值。',
  evenCaption: '8 × 8 → 2 × 2：每个单元格 16 个像素',
  unevenCaption: '9 × 9 → 2 × 2：各单元格 16、20、20、25 个像素',
  exampleTitle: '数值示例',
  exampleA:
    '800 × 800 的图片，VGG-16，步长 32：特征图为 25 × 25，狗的边界框 665 × 665 变为 665 / 32 = 20.78 → 20。再划分为 7 × 7：20 / 7 = 2.86 → 2。',
  exampleB:
    '于是每个方向的 20 个特征像素只用了 14 个，丢失 6 个，相当于原图的 192 个像素（这种形式会丢失像素；另一种形式则单元格大小不等）。',
  exampleCaption: '先是 20.78 → 20（虚线），再划分为 7 个大小为 2 的单元格：斜线部分丢失。',
  realTitle: '这张图片中的 RoI',
  realA:
    '这个框在 {level} 上向下取整：x 从 {x1} 到 {x2} → {qx1} 到 {qx2}，y 从 {y1} 到 {y2} → {qy1} 到 {qy2}。水平方向 {width} / {n} = {exactBin} → 每个单元格 {bin} 个像素；{width} 列中会丢失 {dropped} 列。',
  realB: '量化后的框，角点与真实位置最多偏差 {off} 个像素（缩放后的图片）；RoIAlign 全程不取整。',
  realHalf:
    '这个模型与 torchvision 一样，未作半像素偏移修正（aligned=False），因此采样位置向右下偏移半个特征像素；Detectron2 修正了这一点。',
  realNone: '特征像素少于单元格数时，向下取整的形式会丢失全部像素，另一种形式只能重复使用像素。',
  roiPool: 'RoIPool 的常见实现：相邻单元格可能重叠一行或一列像素',
  roiPoolFloor: 'RoIPool，向下取整：斜线部分丢失',
  roiWarp: 'RoIWarp：RoI 取整后的 {n} × {n} 个单元格与采样点',
  roiAlign: 'RoIAlign：{n} × {n} 个单元格与采样点',
  pooledValues: '{pooler} 的 {n} × {n}（每个单元格的最大值）',
  alignedValues: '{pooler} 的 {n} × {n}（每个单元格采样点的平均值）',
  alignedMaxima: '{pooler} 的 {n} × {n}（每个单元格采样点的最大值）',
  bilinearTitle: '一个采样点的计算',
  bilinearA:
    'RoIAlign 取 x = {x}、y = {y} 处的值；该点位于四个特征像素之间，每个像素按两个方向上的远近加权（双线性插值），例如 {x0}, {y0} 处像素的权重为 (1 − {fx}) · (1 − {fy})。',
  bilinearPixel: '特征像素 x, y',
  bilinearValue: '数值',
  bilinearWeight: '权重',
  bilinearProduct: '乘积',
  bilinearSum: '求和',
  bilinearMean:
    '第 {row} 行第 {column} 列的单元格（bin）有 {samples} 个这样的采样点（此为第一个），其平均值 {pooled} 就是它的值。',
  bilinearMaximum:
    '第 {row} 行第 {column} 列的单元格（bin）有 {samples} 个这样的采样点（此为第一个），其最大值 {pooled} 就是它的值。',
  paperAlign: '论文的对比（表 2c、2d，ResNet-50，COCO mask AP）',
  paperC4: 'C4，步长 16',
  paperC5: 'C5，步长 32',

  glossary: '术语表',
  sources: '实现代码：',
  footer:
    '由 mask-rcnn {version} 生成。Mask R-CNN：K. He、G. Gkioxari、P. Dollár、R. Girshick，ICCV 2017（arXiv 1703.06870），文中的对比数据出自该论文。',
};
