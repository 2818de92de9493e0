import type { TextKey } from './text-en.ts';

/** The report in Chinese. */
export const chinese: Record<TextKey, string> = {
  language: 'zh-CN',
  title: 'Mask R-CNN 如何看 {file}',
  lede: '{model}（{backbone}，{structure}）在这张 {width} × {height} 像素的图片中找到了{count}。本页按顺序跟随图片走过每一个阶段；所有数字都来自模型本身，是预测时记录下来的。',
  objectsNone: ' 0 个目标',
  objectsOne: ' 1 个目标',
  objectsMany: ' {n} 个目标',
  legend: '全文通用的颜色',
  anchor: '锚框（anchor）',
  proposal: '候选框（来自 RPN）',
  finalBox: '最终边界框（来自 class、box 分支）',
  maskColour: '掩膜（mask）',
  contents: '目录',
  noMaskBranch:
    '这个模型是 Faster R-CNN，没有 Mask 分支，因此没有掩膜可以跟随；这一步 Mask R-CNN 会怎样做，用文字说明。',
  noMaskButJoints:
    '这个模型是 Keypoint R-CNN：Mask 分支的位置上是一个找出 {n} 个关键点的分支，因此没有掩膜可以跟随；这一步 Mask R-CNN 会怎样做，用文字说明。',
  noDetection:
    '图中没有得分不低于 {score} 的目标，所以没有边界框进入 Mask 分支；这一步会怎样做，用文字说明。',
  noProposal: 'RPN 在这张图片中没有给出候选框，因此没有 RoI 可以跟随。',
  followsInstance: '需要单个 RoI 的步骤都跟随第 {n} 个目标：{name}，得分 {score}，已在图中标出。',
  followsProposal:
    '没有检测到目标，所以需要单个 RoI 的步骤跟随 RPN 得分最高的候选框，看看它为什么没有被当作目标。',
  followsChosen:
    '需要单个 RoI 的步骤都跟随所选的第 {n} 个候选框；它没有成为目标，所以这里的掩膜是 Mask 分支本来会给出的结果。',
  emptyBox: '边界框修正之后，这个 RoI 没有留在图片内的部分，因此没有掩膜可以跟随。',
  fateSuppressed: '在 NMS 中，它让位于得分更高且与之重叠的第 {n} 个目标。',
  fateDropped: '它的得分足够，但因检测数量上限或尺寸过小而被舍去。',
  fateDroppedOrRescored: '它的得分足够，但因检测数量上限、尺寸过小，或因掩膜不确定而得分降得太低，被舍去。',

  s1: '整体框架',
  s1a: 'Mask R-CNN 就是 Faster R-CNN 加上 FCN：在预测类别和边界框的分支旁边，并联一个预测掩膜的分支。',
  s1b: '这个框架很容易扩展：再并联一个分支，就能预测人体关键点，其余部分都不用改。',
  resultCaption: '结果：每个实例的类别、得分、边界框和掩膜。',
  resultCaptionNoMask: '结果：每个实例的类别、得分和边界框。',
  jointsToo: '{n} 个关键点中可能看得见的也已画出。',
  number: '序号',
  className: '类别',
  score: '得分',
  boxHeading: '边界框 x1, y1, x2, y2（原图像素）',
  maskPixels: '掩膜（像素）',
  moreRows: '……另有 {n} 个',

  s2: '整体流程',
  s2a: '图片经过特征提取骨干网络得到特征图，RPN 在特征图上给出候选框，{pooler} 把每个候选框对应的那部分特征图变成统一的大小。',
  s2b: '然后分支①（class、box分支）给出类别和边界框，分支②（Mask分支）给出掩膜；分支之前的部分都与 Faster R-CNN 相同。',
  flowPicture: '图片',
  flowBackbone: '骨干网络',
  flowBackboneFpn: '骨干网络 + FPN',
  flowRpn: 'RPN',
  flowProposals: '候选框',
  flowShared: 'res5（共用）',
  flowBox: '① class、box分支',
  flowDetections: '检测结果',
  flowMask: '② Mask分支',
  flowAnchors: '{n} 个锚框',
  flowKept: '{n} 个框',

  input: '输入',
  inputA: '图片按比例缩放，使短边符合模型的设置；颜色做标准化；右边和下边用 0 填充到 32 的倍数。',
  inputB: '红、绿、蓝每个值变为 (v / 255 − 均值) / 标准差；边界框在缩放后的图片里计算，最后再换算回原图。',
  inputCaption: '网络输入中缩放后的图片；斜线部分是填充。',
  original: '原图',
  resized: '缩放后',
  padded: '填充后',
  scale: '缩放比例 x, y',
  meanStd: '均值；标准差',
  range: '标准化后的取值',

  features: '骨干网络与特征图',
  featuresA:
    '骨干网络一次次把图片缩小一半；特征金字塔网络（FPN）把粗特征图理解到的内容加到细特征图上，于是每种大小的目标都有合适的特征图。',
  featuresLastTwo:
    '骨干网络一次次把图片缩小一半；特征金字塔网络（FPN）建在最后两张特征图上，步长都是 32，所以全部 RoI 都从同一张特征图上取。',
  featuresC4:
    '骨干网络四次把图片缩小一半，到第四阶段为止，没有特征金字塔。RPN 和 RoI 都在 C4 这一张特征图上工作，ResNet 的最后一个阶段 res5 留给 RoI。',
  featuresC5:
    '骨干网络五次把图片缩小一半，没有特征金字塔。RPN 和 RoI 都在 C5 这一张特征图上工作，步长为 32。',
  featuresDc5:
    '骨干网络四次把图片缩小一半；最后一个阶段用空洞卷积保持大小，没有特征金字塔。RPN 和 RoI 都在 C5 这一张特征图上工作。',
  featuresB: '图中每个特征像素显示的是各通道 |激活值| 的平均：与周围明暗不同的地方，就是网络区分出来的东西。',
  featureCaption: '{level}：{columns} × {rows} × {channels}，步长 {stride}；{low} … {high}',

  rpn: 'RPN：目标得分与锚框',
  rpnA: '每张特征图的每个位置上都有几个锚框，大小和形状列在下面；一个小网络给出每个锚框含有目标的概率（objectness），以及它应当怎样移动。',
  rpnB: '特征图显示每个位置上各锚框的最高概率，从暗（0）到亮（1）；图片里画出了每张特征图中一个位置上的全部锚框。',
  rpnCaption: '{level}：最高 {high}',
  anchorsCaption: '每张特征图一个位置上的锚框，位于所跟随的 RoI 附近。',
  level: '层',
  grid: '网格',
  stride: '步长',
  anchorSizes: '锚框（像素）',
  anchorCount: '锚框数',

  proposals: '候选框：NMS 之前与之后',
  proposalsA:
    '每张特征图取得分最高的 {perLevel} 个锚框，移动后裁剪到图片之内；与同一特征图上更好的框 IoU 超过 {nms} 的框被 NMS 去掉。',
  proposalsB:
    '剩下的框中最好的 {limit} 个就是候选框：进入 {before} 个，留下 {after} 个。一个目标有许多候选框，而且都不太准确。',
  beforeCaption: 'NMS 之前：{n} 个中最好的 {shown} 个；颜色表示特征图。',
  afterCaption: 'NMS 之后：{n} 个中最好的 {shown} 个。',
  candidates: '最好的锚框',
  afterNms: 'NMS 之后',
  selected: '候选框',

  levels: '每个 RoI 属于哪一层',
  levelsA:
    '大的 RoI 从粗特征图上取，小的从细特征图上取：层 = ⌊4 + log₂(√面积 / {canonical})⌋，限制在 2 与 5 之间。',
  levelsB:
    '所跟随的 RoI 为 {width} × {height} 像素：√面积 = {side}，4 + log₂({side} / {canonical}) = {exact}，因此从 {level} 上取。',
  pooledFrom: '从该层取的 RoI',

  align: '{pooler}：统一大小',
  oneMap: '全部 RoI 都从 {level} 上取。',
  alignA: '候选框在 {level} 上的位置是 {x1}, {y1}, {x2}, {y2}（坐标除以 {stride}）。',
  howRoiAlign: '不做任何取整：它被分成 {n} × {n} 个格子，每格 {binX} × {binY} 个特征像素。',
  howRoiWarp:
    'RoIWarp 把角点取整到特征像素：{qx1}, {qy1}, {qx2}, {qy2}，再分成 {n} × {n} 个格子，每格 {binX} × {binY} 个特征像素。',
  howRoiPool:
    'RoIPool 取整两次。先是角点，取最近的特征像素，两端都算在内：第 {qx1} 到 {lastX} 列，第 {qy1} 到 {lastY} 行。再是格子：{width} / {n} = {binX} 列、{height} / {n} = {binY} 行都要取整，所以相邻的格子可能共用像素。',
  howRoiPoolFloor:
    'RoIPool 向下取整两次。先是角点：从第 {qx1} 列起 {width} 列，从第 {qy1} 行起 {height} 行。再是格子：每格 {width} / {n} = {binX} → {wholeX} 列、{height} / {n} = {binY} → {wholeY} 行，丢掉 {droppedX} 列和 {droppedY} 行。',
  takesMean:
    '每个格子里用双线性插值采样 {across} × {down} 个点，取平均作为该格的值；附录把几种池化放在一起比较。',
  takesLargestSample:
    '每个格子里用双线性插值采样 {across} × {down} 个点，取最大的作为该格的值；附录把几种池化放在一起比较。',
  takesLargest: '每个格子取其中最大的特征像素，没有像素的格子为 0；附录把几种池化放在一起比较。',
  alignCaption: '{level} 的第 {channel} 通道在候选框附近：格子与采样点。',
  binsCaption: '{level} 的第 {channel} 通道在候选框（虚线）附近：取整后的特征像素与格子。',
  alignedCaption: '{pooler} 之后：同一通道的 {n} × {n}。',

  branch: '分支①：类别与边界框',
  branchA:
    '由 {n} × {n} × {channels} 个数，分支给出每个类别（包括背景）的得分，并为每个类别单独给出边界框的修正量。',
  branchRes5:
    '先由 ResNet 的最后一个阶段 res5 变成 {side} × {side} × {channels}，这些像素的平均再送给两个预测层。',
  branchShared: 'Mask 分支也用同样权重的 res5。',
  branchB:
    '这里给出的是 {name}，得分 {score}；候选框的修正量为 dx = {dx}，dy = {dy}，dw = {dw}，dh = {dh}（再分别除以 {wx}、{wy}、{ww}、{wh}），修正前后的 IoU 为 {iou}。',
  branchBackground:
    '这里给出的是背景，得分 {background}；{name} 只有 {score}，低于阈值 {threshold}，所以这个候选框没有被当作目标。',
  scoresCaption: '这个候选框的类别得分，总和为 1。',
  refineCaption: '锚框（虚线）→ 候选框 → 最终边界框。',
  nmsNote:
    '整张图片有 {candidates} 对（候选框，类别）得分高于 {score}；同类之间的 NMS（IoU {nms}）留下 {kept} 个。',
  nmsNoteSmaller:
    '整张图片有 {candidates} 对（候选框，类别）得分高于 {score}；同类之间的 NMS（较小的框被覆盖超过 {nms}）留下 {kept} 个。',
  rivals: '对这个目标，另有 {n} 个候选框让位给了它。',
  background: '背景',
  otherClasses: '其余 {n} 类合计',
  anchorBox: '锚框',
  anchorLogit: 'objectness：logit → 概率',
  anchorDeltas: 'RPN 修正量 dx, dy, dw, dh',
  proposalBox: '候选框',
  refinedBox: '最终边界框',
  proposalRank: '在候选框中的名次',

  s3: 'Mask分支',
  s3Fcn:
    'Mask 分支就是一个 FCN：{pooler} 到 {n} × {n}，若干卷积，再用一个转置卷积把尺寸加倍，到 {side} × {side}。',
  s3Mlp:
    '这个模型的 Mask 分支不是 FCN，而是全连接层：{pooler} 到 {n} × {n}，全部数字排成一列，各层 {layers} 个单元，输出的个数等于掩膜的像素数 {side} × {side}。',
  s3FcnShared:
    'Mask 分支就是一个 FCN：{pooler} 到 {n} × {n}，经过 ResNet 的最后一个阶段 res5 的卷积，class、box 分支也读它（{half} × {half} × {channels}），再用一个转置卷积把尺寸加倍，到 {side} × {side}。',
  s3MlpShared:
    '这个模型的 Mask 分支不是 FCN：{pooler} 到 {n} × {n}，经过 ResNet 的最后一个阶段 res5，class、box 分支也读它（{half} × {half} × {channels}），再经过 {layers} 个单元的全连接层，输出的个数等于掩膜的像素数 {side} × {side}。',
  outputsSigmoid: '每个类别输出一张这样的掩膜，不计背景。',
  outputsSoftmax: '每个类别各有一张这样的图，背景也有一张。',
  outputsAgnostic: '不论什么类别，只输出一张这样的掩膜。',
  s3b: '它保留了每个像素的位置，而全连接层会丢掉位置：论文中用全连接层是 31.5 AP，用 FCN 是 33.6 AP。',
  s3bMlp: '全连接层会丢掉每个像素的位置，FCN 则保留：论文中用全连接层是 31.5 AP，用 FCN 是 33.6 AP。',
  convolutions: '3×3 卷积',
  fullyConnected: '全连接',
  deconvolution: '2×2 转置卷积',
  output: '输出',
  maskAlignCaption: '最终边界框在 {level} 上：{n} × {n} 个格子。为 Mask 分支重新取一次特征。',
  maskAlignedCaption: '{pooler} 之后：{n} × {n}。',
  maskLogitsCaption: '{name} 的输出：logits {low} … {high}。',

  keypoints: '关键点分支',
  keypointsA: '关键点分支使用同样的边界框，为 {n} 个关键点各输出一张热图：可以看作只有一个像素为真的掩膜。',
  keypointsB:
    '训练时对一张热图的全部像素做 softmax，因为其中只有一个像素是关键点，所以这里是像素之间相互竞争。预测时把热图缩放到边界框，值最高的地方就是关键点（圆圈）。',
  keypointsCaption: '{name}：{score}',
  keypointsScores:
    '这些 {side} × {side} 的热图中，logit 最高处最亮，比它低 {depth} 以上的最暗；数字是关键点处的 logit。',

  s4: '创新点：解耦',
  s4a: 'FCN 在每个像素上对所有类别做 softmax：一个类别的得分高，就会压低其他类别，类别之间相互竞争（耦合），影响分割效果。',
  s4b: '这里 box 分支已经给出了类别，所以只取该类别的掩膜，每个像素经过 sigmoid，不存在竞争：这就是类别与掩膜的解耦。',
  s4Softmax:
    '这个模型正是这样耦合的：softmax 把每个像素分给各个类别和背景，掩膜就是 box 分支所说的类别分到的那一份。若是解耦，就只取该类别，每个像素经过 sigmoid，不存在竞争。',
  s4Agnostic:
    '这个模型把类别与掩膜完全解耦：类别由 box 分支给出，Mask 分支不论类别只画一张掩膜，每个像素经过 sigmoid。论文中这样的掩膜是 29.7 AP，每个类别一张是 30.3 AP（ResNet-50-C4）。',
  chosenLogits: '{name}（取用）：{low} … {high}',
  onlyLogits: '唯一的通道：{low} … {high}',
  otherLogits: '{name}：{low} … {high}',
  sigmoidCaption: '对取用的通道做 sigmoid：{all} 个像素中有 {n} 个高于 0.5。',
  softmaxCaption: '若在 {classes} 个类别之间做 softmax：{all} 个像素中有 {n} 个高于 0.5。',
  softmaxOfOne: '若在仅有的一个类别上做 softmax：{all} 个像素中有 {n} 个高于 0.5。',
  softmaxTaken:
    '在背景与 {classes} 个类别之间做 softmax，取用的类别所占的份：{all} 个像素中有 {n} 个高于 0.5。',
  sigmoidOtherwise: '若只对这一通道做 sigmoid：{all} 个像素中有 {n} 个高于 0.5。',
  oneClass:
    '这个模型只有一个类别，类别之间的 softmax 处处为 1，根本得不到掩膜：只有一个类别时，只有 sigmoid 能画出形状。类别多时，每个像素上各类别之和必须为 1。',
  manyClasses: '其他通道从未用这一类目标训练过，它们在这里的输出没有意义；softmax 却会让它们抢走像素。',
  coupledClasses:
    '各通道是互相竞争着训练出来的，所以每一个都起作用：其他通道合起来更多的地方，就失去这个像素。sigmoid 不看它们，这个模型也不是这样训练的。',
  backgroundChannel: '文件里也有背景的通道，但它既不训练也不读取，这里不计。',
  paperSigmoid: '论文的对比（表 2b，ResNet-50-C4，COCO mask AP）',
  softmax: 'softmax',
  sigmoid: 'sigmoid',

  s5: '头部的两种结构',
  s5a: '结构一用于不带 FPN 的 ResNet：C4 上只有一个 RoI 层，两个分支共用；结构二带特征金字塔网络（FPN），两个分支各有自己的 RoI 层，掩膜能保留更多细节。',
  ownFpn: '这个模型是结构二：class、box 分支 {box} × {box}。',
  ownLastTwo:
    '这个模型是结构二，建在骨干网络的最后两张特征图上，步长都是 32：class、box 分支 {box} × {box}。',
  ownC4:
    '这个模型是结构一：从 C4 上取 {box} × {box} 的 RoI，res5 把它变成 {shared} × {shared}。论文的图从 7 × 7 开始，让 res5 保持大小，论文说明这是为了简单。',
  ownC5:
    '这个模型介于两者之间：没有金字塔，只有一张步长为 32 的特征图 C5；头部与结构二相同，class、box 分支 {box} × {box}。',
  ownDc5:
    '这个模型介于两者之间：没有金字塔，只有一张特征图 C5，用空洞卷积保持步长 16；头部与结构二相同，class、box 分支 {box} × {box}。',
  ownMask: 'Mask 分支有自己的 RoI，{mask} × {mask}。',
  ownMaskShared: '两个分支都读 res5 由各自的 RoI 得到的结果。',
  ownNoMask: '它没有 Mask 分支。',
  s5c: 'FPN 对小目标有帮助：论文中不带 FPN 为 30.3 AP，带 FPN 为 33.6 AP（ResNet-50）。',
  s5Figure: '两张图是论文中的，ResNet-50、80 个类别；本模型自己的尺寸见第 2 节的图。',
  structureC4: '结构一：C4',
  structureFpn: '结构二：FPN',
  own: '（本模型）',
  average: '平均池化',
  classBox: 'class、box',
  maskWord: 'mask',

  s6: '损失',
  s6a: 'L = L_rpn + L_fast_rcnn + L_mask。计算 L_mask 时，用真实类别从 {side} × {side} 的 logits 中取出一个通道；真实掩膜按候选框裁剪并缩放到 {side} × {side}；两者逐像素计算交叉熵。',
  s6Softmax:
    'L = L_rpn + L_fast_rcnn + L_mask。计算 L_mask 时，真实掩膜按候选框裁剪并缩放到 {side} × {side}，与全部类别 {side} × {side} 的 logits 用 softmax 的交叉熵比较：内部的像素应属于真实类别，外部的属于背景。',
  s6Agnostic:
    'L = L_rpn + L_fast_rcnn + L_mask。计算 L_mask 时，真实掩膜按候选框裁剪并缩放到 {side} × {side}，不论类别，都与唯一通道的 {side} × {side} logits 逐像素计算交叉熵。',
  s6b: '训练时的候选框来自 RPN：它们不太准确，一个目标又有许多个，相当于随机裁剪，扩充了数据。',
  lossAsIf:
    '没有标注的图片没有真值，这里暂且把预测的掩膜当作真值：如果它就是真值，训练时会算出下面这些数字。',
  lossTrue:
    '这张图片给出了标注：该候选框与一个真实目标的 IoU 为 {overlap}，不低于 {foreground}，因此用那个目标的掩膜来训练 Mask 分支。',
  lossUnmatched:
    '这张图片给出了标注，但该候选框与真实目标的 IoU 达不到 {foreground}（{overlap}），所以没有目标掩膜；下面暂以预测的掩膜代替。',
  sampled:
    '训练从候选框和 {objects} 个真实框中最多采样 {batch} 个：与真实框 IoU 不低于 {foreground} 的为正样本，最多占 {fraction}，其余为负样本。这里取了 {positives} 个正样本、{negatives} 个负样本。',
  sampledCaption: '采样结果：正样本（橙色）与负样本（细灰线）；虚线是真实框。',
  cropsCaption: 'box 分支认为属于这个目标的候选框：{n} 个。训练时每一个都会裁剪出自己的目标掩膜。',
  targetCaption: '目标：按候选框裁剪的掩膜，内部为 1，外部为 0。',
  proposalLogitsCaption: '分支对该候选框输出的 logits：{low} … {high}。',
  lossNumbers: '对通道“{name}”的 {n} 个像素求二元交叉熵的平均：这个 RoI 的 L_mask = {loss}。其他通道不参与。',
  lossNumbersSoftmax:
    '对 {n} 个像素求交叉熵的平均，内部应为“{name}”，外部应为背景：这个 RoI 的 L_mask = {loss}。其他通道也参与：它们占去的份，这两者就少了。',
  lossNumbersAgnostic: '对唯一通道的 {n} 个像素求二元交叉熵的平均：这个 RoI 的 L_mask = {loss}。',

  s7: '预测过程',
  s7a: '预测时，Mask 分支得到的是 Fast R-CNN 分支给出的边界框，一个目标一个准确的框，而不是候选框。',
  s7b: '它输出的单通道 {side} × {side} 掩膜缩放到边界框的大小，放到图片中的对应位置，再以 0.5 为阈值：高于阈值为前景，低于阈值为背景。',
  s7c: '这个模型还要看掩膜有多确定：高于 0.5 的像素的平均概率为 {certainty}，类别得分乘以它，由 {before} 变为 {after}。',
  stepMask: '{side} × {side} 的概率',
  stepResized: '缩放到边界框：{width} × {height} 像素',
  stepThreshold: '高于 0.5',
  stepPasted: '在图片中：{n} 像素',
  boxInOriginal: '原图中的边界框',

  s8: '附录：RoIPool 与 RoIAlign',
  s8a: 'RoIPool 的目的是统一大小。8 × 8 分成 2 × 2 正好整除；9 × 9 则不行，格子大小不等：有的格子代表 16 个像素，有的代表 20 或 25 个。',
  s8b: 'RoIPool 做了两次量化：边界框取整一次，格子再取整一次。RoIAlign 两次都不取整：保留小数，用插值取值。RoIWarp 介于两者之间：边界框取整，里面用插值。',
  evenCaption: '8 × 8 → 2 × 2：每格 16 个像素',
  unevenCaption: '9 × 9 → 2 × 2：各格 16、20、20、25 个像素',
  exampleTitle: '一个整数的例子',
  exampleA:
    '800 × 800 的图片，VGG-16，步长 32：特征图为 25 × 25，狗的边界框 665 × 665 变成 665 / 32 = 20.78 → 20。再分成 7 × 7：20 / 7 = 2.86 → 2。',
  exampleB:
    '于是每个方向的 20 个特征像素只用了 14 个，丢掉 6 个，相当于图片中的 192 个像素（这种形式会丢像素；另一种形式则是格子大小不等）。',
  exampleCaption: '先是 20.78 → 20（虚线），再是 7 个大小为 2 的格子：斜线部分被丢掉。',
  realTitle: '这张图片中的 RoI',
  realA:
    '这个框在 {level} 上，向下取整：x 从 {x1} 到 {x2} → {qx1} 到 {qx2}，y 从 {y1} 到 {y2} → {qy1} 到 {qy2}。横向 {width} / {n} = {exactBin} → 每格 {bin} 个像素；{width} 列中会丢掉 {dropped} 列。',
  realB: '量化后的框，角点与应在的位置最多相差 {off} 个像素（缩放后的图片）；RoIAlign 一处都不取整。',
  realHalf:
    '这个模型与 torchvision 一样，以像素中心计位置而不作修正，因此它的框向右下偏半个特征像素；Detectron2 修正了这一点。',
  realNone: '像素比格子还少时，向下取整的形式什么都剩不下，另一种形式只能重复使用像素。',
  roiPool: 'RoIPool 的通常实现：相邻的格子可能共用一条像素',
  roiPoolFloor: 'RoIPool，向下取整：斜线部分丢掉',
  roiWarp: 'RoIWarp：RoI 取整，再分 {n} × {n} 个格子与采样点',
  roiAlign: 'RoIAlign：{n} × {n} 个格子与采样点',
  pooledValues: '{pooler} 的 {n} × {n}（每格的最大值）',
  alignedValues: '{pooler} 的 {n} × {n}（每格采样点的平均）',
  alignedMaxima: '{pooler} 的 {n} × {n}（每格采样点的最大值）',
  paperAlign: '论文的对比（表 2c、2d，ResNet-50，COCO mask AP）',
  paperC4: 'C4，步长 16',
  paperC5: 'C5，步长 32',

  footer:
    '由 mask-rcnn {version} 生成。Mask R-CNN：K. He、G. Gkioxari、P. Dollár、R. Girshick，ICCV 2017（arXiv 1703.06870），文中的对比数字出自该论文。',
};
