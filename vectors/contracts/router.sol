// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

interface Token {
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

/// What an approval is for: a contract that takes tokens from its caller.
contract Router {
    event Swapped(address indexed by, address sold, address bought, uint256 amount);
    event Deposit(address indexed to, address indexed asset, uint256 amount, string memo);

    /// Takes `amount` of one token, and pays as much of the other out of its own, but never less than `least`.
    function swap(address sold, uint256 amount, address bought, uint256 least) external {
        require(amount >= least, "too little");
        require(Token(sold).transferFrom(msg.sender, address(this), amount), "not taken");
        require(Token(bought).transfer(msg.sender, amount), "not paid");
        emit Swapped(msg.sender, sold, bought, amount);
    }

    /// THORChain's function of this name: passes tokens, or with the zero address for `asset` the coin that came along, on
    /// to a vault, with a memo.
    function depositWithExpiry(
        address payable vault,
        address asset,
        uint256 amount,
        string calldata memo,
        uint256 expiration
    ) external payable {
        require(block.timestamp < expiration, "expired");
        if (asset == address(0)) {
            amount = msg.value;
            (bool paid, ) = vault.call{value: amount}("");
            require(paid, "not paid");
        } else {
            require(msg.value == 0, "coin beside a token");
            require(Token(asset).transferFrom(msg.sender, vault, amount), "not taken");
        }
        emit Deposit(vault, asset, amount, memo);
    }
}
