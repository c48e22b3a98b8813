import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { texts } from "../texts/en.ts";
import { type Theme, useTheme } from "../theme.ts";
import { Icon } from "./icons.tsx";

const choices = [
  { theme: "system", icon: "device" },
  { theme: "light", icon: "sun" },
  { theme: "dark", icon: "moon" },
] as const;

export function ThemeSwitch() {
  const [theme, setTheme] = useTheme();
  return (
    <ToggleButtonGroup
      className="switch"
      aria-label={texts.theme.label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[theme]}
      onSelectionChange={(keys) => setTheme([...keys][0] as Theme)}
    >
      {choices.map((choice) => (
        <ToggleButton
          key={choice.theme}
          id={choice.theme}
          className="switch-option"
          aria-label={texts.theme[choice.theme]}
        >
          <Icon name={choice.icon} size={18} />
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
