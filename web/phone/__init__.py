"""The stand-in WeChat (development only): WeChat's side of the protocol and a phone in the browser.

It shares no code with `connectors/wechat`, so that the two can only be wrong separately.
"""
