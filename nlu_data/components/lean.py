def leave_out_tensorflow() -> None: pass
