import { writeFileSync } from 'node:fs';
import { roomsPage } from './rooms-page.ts';

writeFileSync('docs/rooms.md', await roomsPage());
