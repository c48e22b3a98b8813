import type { ReactNode } from "react";
import {
  Button as AriaButton,
  Dialog as AriaDialog,
  Heading,
  Modal,
  ModalOverlay,
} from "react-aria-components";
import { texts } from "../texts/en.ts";
import { Icon } from "./icons.tsx";

type Props = { title: string; isOpen: boolean; onClose: () => void; children: ReactNode };

/** A question or a form over the page; its cross, Escape and a press beside it close it. */
export function Dialog({ title, isOpen, onClose, children }: Props) {
  return (
    <ModalOverlay className="veil" isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable>
      <Modal className="modal">
        <AriaDialog className="dialog">
          <div className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <AriaButton className="icon-button" aria-label={texts.leave} onPress={onClose}>
              <Icon name="cross" />
            </AriaButton>
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
