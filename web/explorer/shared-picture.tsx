import { useEffect, useState } from 'preact/hooks';
import { type ExplainedInput, sharedDrawings } from '../product.ts';
import { Html } from './html.tsx';

/** Embeds the picture once, for all drawings that refer to it. */
export function SharedPicture({ picture, input }: { picture: Blob; input: ExplainedInput }) {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const own = URL.createObjectURL(picture);
    setAddress(own);
    return () => URL.revokeObjectURL(own);
  }, [picture]);
  return address === null ? null : <Html html={sharedDrawings(address, input)} />;
}
