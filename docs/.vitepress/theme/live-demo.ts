import { useData, withBase } from 'vitepress';
import { defineComponent, h } from 'vue';

/** The static page in a frame, and a link that opens it alone. */
export const LiveDemo = defineComponent({
  setup() {
    const { lang } = useData();
    const address = withBase('/demo/index.html');
    return () => {
      const isChinese = lang.value === 'zh-CN';
      return h('div', { class: 'live-demo' }, [
        h('iframe', { src: address, title: isChinese ? '在线演示' : 'Live demo', allow: 'camera' }),
        h(
          'p',
          h(
            'a',
            { href: address, target: '_blank' },
            isChinese ? '在单独的窗口中打开' : 'Open it in a window of its own',
          ),
        ),
      ]);
    };
  },
});
