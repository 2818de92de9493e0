/** Names of emoji in packages with different naming: common name → the package's name. */

const pairs = (list: string): Record<string, string> =>
  Object.fromEntries(list.split(', ').map((pair) => pair.split(' ')));

export const fxemojiNames = pairs(
  'sport-utility-vehicle recreationalvehicle, oncoming-bus oncomingbus, locomotive steamlocomotive, ' +
    'high-speed-train highspeedtrain, bullet-train highspeedtrainbulletnose, delivery-truck deliverytruck, ' +
    'articulated-lorry articulatedlorry, vertical-traffic-light verticaltrafficlight, ' +
    'horizontal-traffic-light horizontaltrafficlight, dove doveofpeace, cat-face cat, cat catside, ' +
    'dog-face dog, dog dogside, horse-face horseface, ewe sheep, cow-face cowface, panda pandaface, ' +
    'backpack schoolsatchel, purse pinkwallet, soccer-ball soccerball, american-football americanfootball, ' +
    'baby-bottle babybottle, wine-glass wineglass, hot-beverage hotbeverage, ' +
    'teacup-without-handle teacupwithouthandle, kitchen-knife hocho, steaming-bowl steamingbowl, ' +
    'red-apple redapple, green-apple greenapple, pizza sliceofpizza, birthday-cake birthdaycake, ' +
    'laptop oldpersonalcomputer, computer-mouse threebuttonmouse, keyboard wiredkeyboard, ' +
    'mobile-phone cellphone, closed-book closedbook, green-book greenbook, blue-book bluebook, ' +
    'open-book openbook, three-oclock clock3oclock, alarm-clock alarmclock, ' +
    'mantelpiece-clock manltepiececlock, scissors blackscissors, four-leaf-clover fourleafclover, ' +
    'red-heart redheart, wrapped-gift present, gem-stone gem, musical-note musicalnote, ' +
    'maple-leaf mapleleaf, evergreen-tree evergreen, palm-tree palmtree, light-bulb lightbulb, ' +
    'spiral-shell spiralshell',
);

export const streamlineNames = pairs(
  'bird bird-2, penguin penguin-1, ewe ewe-1, bear bear-face, panda panda-face, backpack school-backpack, ' +
    'wine-glass white-wine-glass, hot-beverage hot-beverage-2, pizza pizza-1, doughnut doughnut-1, ' +
    'birthday-cake birthday-cake-1, shortcake shortcake-2, cactus cactus-1, sunflower sunflower-1, ' +
    'wrapped-gift wrapped-gift-1',
);
