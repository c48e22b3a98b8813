/** The key that does the same as the button it stands on. For the eye: the button's name says what it does. */
export const Key = ({ name }: { name: string }) => (
  <span className="key" aria-hidden="true">
    {name}
  </span>
);
