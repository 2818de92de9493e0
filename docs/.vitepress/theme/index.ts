import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { h } from 'vue';
import photos from '../../images/photos.jpg';
import { LiveDemo } from './live-demo.ts';
import './style.css';

const theme: Theme = {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      'home-hero-image': () => h('img', { src: photos, class: 'hero-picture', alt: '' }),
    }),
  enhanceApp({ app }) {
    app.component('LiveDemo', LiveDemo);
  },
};

export default theme;
