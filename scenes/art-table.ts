import { cocoCategories } from '../src/config/coco-categories.ts';
import type { StyleName } from './styles.ts';

/** One emoji: its name in the iconify packages and its code point in hexadecimal. */
export interface Emoji {
  readonly name: string;
  readonly code: string;
}

/** A category of COCO, and the emoji that show it. */
export interface ArtCategory {
  /** COCO's id, 1 … 90. */
  readonly id: number;
  readonly name: string;
  readonly emoji: readonly Emoji[];
}

/** COCO's name of the category: names and code points of its emoji. Each picture was checked in every style. */
const emojiOfCategory: Record<string, string> = {
  bicycle: 'bicycle 1f6b2',
  car: 'automobile 1f697, sport-utility-vehicle 1f699, taxi 1f695',
  motorcycle: 'motorcycle 1f3cd, motor-scooter 1f6f5',
  airplane: 'airplane 2708, small-airplane 1f6e9',
  bus: 'bus 1f68c, oncoming-bus 1f68d, trolleybus 1f68e',
  train: 'locomotive 1f682, train 1f686, high-speed-train 1f684, bullet-train 1f685',
  truck: 'delivery-truck 1f69a, articulated-lorry 1f69b',
  boat: 'sailboat 26f5, speedboat 1f6a4, ship 1f6a2, motor-boat 1f6e5',
  'traffic light': 'vertical-traffic-light 1f6a6, horizontal-traffic-light 1f6a5',
  'stop sign': 'stop-sign 1f6d1',
  bird: 'bird 1f426, duck 1f986, owl 1f989, penguin 1f427, dove 1f54a, rooster 1f413',
  cat: 'cat-face 1f431, cat 1f408',
  dog: 'dog-face 1f436, dog 1f415, poodle 1f429',
  horse: 'horse-face 1f434, horse 1f40e',
  sheep: 'ewe 1f411, ram 1f40f',
  cow: 'cow-face 1f42e, cow 1f404',
  elephant: 'elephant 1f418',
  bear: 'bear 1f43b, panda 1f43c',
  backpack: 'backpack 1f392',
  umbrella: 'umbrella 2602, closed-umbrella 1f302',
  handbag: 'handbag 1f45c, purse 1f45b',
  skis: 'skis 1f3bf',
  'sports ball': 'soccer-ball 26bd, basketball 1f3c0, baseball 26be, american-football 1f3c8',
  bottle: 'bottle-with-popping-cork 1f37e, baby-bottle 1f37c',
  'wine glass': 'wine-glass 1f377',
  cup: 'hot-beverage 2615, teacup-without-handle 1f375',
  knife: 'kitchen-knife 1f52a',
  spoon: 'spoon 1f944',
  bowl: 'steaming-bowl 1f35c, green-salad 1f957',
  banana: 'banana 1f34c',
  apple: 'red-apple 1f34e, green-apple 1f34f',
  orange: 'tangerine 1f34a',
  carrot: 'carrot 1f955',
  'hot dog': 'hot-dog 1f32d',
  pizza: 'pizza 1f355',
  donut: 'doughnut 1f369',
  cake: 'birthday-cake 1f382, shortcake 1f370',
  chair: 'seat 1f4ba, chair 1fa91',
  couch: 'couch-and-lamp 1f6cb',
  bed: 'bed 1f6cf',
  toilet: 'toilet 1f6bd',
  tv: 'television 1f4fa',
  laptop: 'laptop 1f4bb',
  mouse: 'computer-mouse 1f5b1',
  keyboard: 'keyboard 2328',
  'cell phone': 'mobile-phone 1f4f1',
  book: 'closed-book 1f4d5, green-book 1f4d7, blue-book 1f4d8, open-book 1f4d6',
  clock: 'three-oclock 1f552, alarm-clock 23f0, mantelpiece-clock 1f570',
  vase: 'amphora 1f3fa',
  scissors: 'scissors 2702',
};

/** Emoji that a style does not contain, or whose picture does not show the category. */
const notIn: Partial<Record<StyleName, readonly string[]>> = {
  // A desktop computer; a front view identical to the oncoming bus; a ball with a hoop; Unicode 9 only.
  noto: ['laptop', 'train', 'basketball', 'chair'],
  // Motorcycle and speedboat with people; a hoop; Unicode 9 only.
  emojione: ['motorcycle', 'speedboat', 'basketball', 'chair'],
  // Boats in a square of water; skis on a slope; a hoop; the others are missing.
  fxemoji: (
    'sailboat ship skis basketball motor-scooter small-airplane motor-boat stop-sign duck owl ' +
    'closed-umbrella bottle-with-popping-cork spoon green-salad carrot hot-dog chair couch-and-lamp bed ' +
    'amphora high-voltage ribbon'
  ).split(' '),
  // A ship in a frame; confetti; the others are missing.
  streamline: (
    'ship bottle-with-popping-cork sport-utility-vehicle motorcycle motor-scooter small-airplane ' +
    'oncoming-bus trolleybus train high-speed-train articulated-lorry motor-boat horizontal-traffic-light ' +
    'stop-sign duck owl dove soccer-ball kitchen-knife spoon steaming-bowl green-salad banana green-apple ' +
    'carrot hot-dog seat chair couch-and-lamp bed laptop computer-mouse keyboard mobile-phone closed-book ' +
    'blue-book three-oclock alarm-clock mantelpiece-clock amphora scissors star red-heart key gem-stone ' +
    'trophy evergreen-tree light-bulb hammer candle'
  ).split(' '),
};

/** Distractors: objects without a category. */
const distractors =
  'cactus 1f335, sunflower 1f33b, four-leaf-clover 1f340, star 2b50, red-heart 2764, balloon 1f388, ' +
  'wrapped-gift 1f381, bell 1f514, key 1f511, anchor 2693, gem-stone 1f48e, mushroom 1f344, fire 1f525, ' +
  'high-voltage 26a1, droplet 1f4a7, musical-note 1f3b5, trophy 1f3c6, crown 1f451, ' +
  'ribbon 1f380, maple-leaf 1f341, evergreen-tree 1f332, palm-tree 1f334, tulip 1f337, rose 1f339, ' +
  'snowflake 2744, light-bulb 1f4a1, hammer 1f528, wrench 1f527, rocket 1f680, ghost 1f47b, candle 1f56f, ' +
  'door 1f6aa, guitar 1f3b8, package 1f4e6, spiral-shell 1f41a';

/** The categories, by COCO's id. */
export const artCategories: readonly ArtCategory[] = cocoCategories
  .filter(({ name }) => Object.hasOwn(emojiOfCategory, name))
  .map(({ id, name }) => ({ id, name, emoji: parseEmoji(emojiOfCategory[name]) }));

/** Emoji without a category. */
export const distractorEmoji: readonly Emoji[] = parseEmoji(distractors);

/** The given emoji that a style can show. */
export function emojiInStyle(emoji: readonly Emoji[], style: StyleName): readonly Emoji[] {
  return emoji.filter(({ name }) => !notIn[style]?.includes(name));
}

function parseEmoji(line: string): Emoji[] {
  return line.split(', ').map((pair) => {
    const [name, code] = pair.split(' ');
    return { name, code };
  });
}
